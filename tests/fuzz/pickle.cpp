#include "host/storage/pickle.h"

#include "host/errors.h"

/// Any bytes are a pickle or an error: those inside the zip archives, where the zip's own checksum
/// keeps a fuzzer from them.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  try {
    host::storage::pickle::decode({reinterpret_cast<const char*>(bytes), size}, "fuzz");
  } catch (const host::StorageError&) {
  }
  return 0;
}
