#include "host/base/installation.h"

namespace host {

namespace fs = std::filesystem;

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
