#pragma once

#include <string_view>
#include <vector>

namespace host::report {

/// The files of page/, embedded when the program is built: the page with the places of the others
/// and of the data, its style, and its scripts in their order.
extern const std::string_view kPage;
extern const std::string_view kStyle;
extern const std::vector<std::string_view> kScripts;

}  // namespace host::report
