#include <cstdlib>

#include "host/base/errors.h"
#include "host/storage/safetensors.h"

using namespace host::storage;

/// Any bytes are tensors or an error; tensors are the same after writing and reading them.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  try {
    const TensorFile file =
        decode_safetensors({reinterpret_cast<const char*>(bytes), size}, "fuzz");
    std::string written;
    const EncodedTensors encoded = encode_safetensors(file);
    for (const auto piece : encoded.pieces()) written += piece;
    const TensorFile again = decode_safetensors(written, "written");
    if (again.metadata != file.metadata || again.tensors.size() != file.tensors.size()) abort();
  } catch (const host::StorageError&) {
  }
  return 0;
}
