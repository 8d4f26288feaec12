#pragma once

#include <string_view>

namespace host::report {

/// The files of page/, embedded when the program is built: the page with the places of the other
/// three, its style, and its scripts one after another.
extern const std::string_view kPage;
extern const std::string_view kStyle;
extern const std::string_view kScript;

}  // namespace host::report
