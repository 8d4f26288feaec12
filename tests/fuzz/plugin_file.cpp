#include "host/plugin/plugin_file.h"

#include "host/base/errors.h"
#include "host/plugin/elf_file.h"
#include "tests/fuzz/input_file.h"

/// Any file is a plugin or rejected before any of it runs.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const fuzz::InputFile file(bytes, size);
  try {
    host::plugin::build_id(file.path());
    host::plugin::check_handshake(host::plugin::read_handshake(file.path()), file.path());
  } catch (const host::PluginError&) {
  }
  return 0;
}
