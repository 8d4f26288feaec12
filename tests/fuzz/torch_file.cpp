#include "host/storage/torch_file.h"

#include "host/base/errors.h"
#include "tests/fuzz/input_file.h"

/// Any file is one that torch.save wrote, or an error.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  try {
    host::storage::read_torch_file(fuzz::InputFile(bytes, size).path());
  } catch (const host::StorageError&) {
  }
  return 0;
}
