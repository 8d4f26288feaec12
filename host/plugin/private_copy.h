#pragma once

#include <filesystem>

namespace host::plugin {

/// Makes this process independent of a loaded library's file, and of the libraries beside it: what
/// is mapped from their folder becomes memory of its own. Otherwise a file that is overwritten in
/// place (cp, scp, cat >) changes the code that is running, and one that becomes shorter ends the
/// program. Where the system refuses, the mapping stays as it is.
void detach_from_files(const std::filesystem::path& folder);

}  // namespace host::plugin
