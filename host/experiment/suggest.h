#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace host::experiment {

/// The end of a message about an unknown name, listing all known names and the nearest one if it is
/// close: "; did you mean 'x'? Known: x, y".
std::string suggest(std::string_view unknown, const std::vector<std::string>& known);

/// All known names: "Known: x, y".
std::string list_known(const std::vector<std::string>& known);

}  // namespace host::experiment
