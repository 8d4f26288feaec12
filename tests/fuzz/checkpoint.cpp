#include <sla/digest.h>

#include "host/base/errors.h"
#include "host/storage/checkpoint.h"
#include "tests/fuzz/input_file.h"

/// Any file is a checkpoint or an error. Every other input gets a valid checksum, to get past that
/// check.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  std::string content(reinterpret_cast<const char*>(bytes), size);
  if (size % 2 == 1) {
    const std::string body = content.substr(1);
    content = "sla checkpoint 1\n" +
              sla::digest(sla::Digest::sha256, std::as_bytes(std::span(body))) + body;
  }
  try {
    host::storage::read_checkpoint(fuzz::InputFile(content.data(), content.size()).path());
  } catch (const host::StorageError&) {
  }
  return 0;
}
