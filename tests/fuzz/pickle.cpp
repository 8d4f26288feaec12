#include "host/storage/pickle.h"

#include "host/base/errors.h"

/// Any bytes are a pickle or an error. Tests the pickle inside zip archives directly, since zip's
/// checksum would stop a fuzzer.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  try {
    host::storage::pickle::decode({reinterpret_cast<const char*>(bytes), size}, "fuzz");
  } catch (const host::StorageError&) {
  }
  return 0;
}
