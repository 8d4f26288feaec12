#pragma once

#include <string_view>
#include <vector>

namespace host::report {

/// The files of page/, embedded at build time: the page with placeholders for the others and for
/// the data, its style, and its scripts in order.
extern const std::string_view kPage;
extern const std::string_view kStyle;
extern const std::vector<std::string_view> kScripts;

}  // namespace host::report
