#include "host/base/installation.h"

#include <sla/version.h>

namespace host {

namespace fs = std::filesystem;

std::string version() {
  return std::to_string(SLA_SDK_VERSION_MAJOR) + "." + std::to_string(SLA_SDK_VERSION_MINOR) + "." +
         std::to_string(SLA_SDK_VERSION_PATCH);
}

fs::path this_program() { return fs::read_symlink("/proc/self/exe"); }

std::optional<fs::path> installed_file(const fs::path& name) {
  const fs::path program = this_program().parent_path();
  for (const fs::path& folder : {program, program.parent_path()}) {
    std::error_code absent;
    const fs::path file = folder / "share/sla" / name;
    if (fs::exists(file, absent)) return file;
  }
  return std::nullopt;
}

}  // namespace host
