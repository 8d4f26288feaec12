#include "host/plugin/refusal.h"

#include <spdlog/fmt/fmt.h>

#include <set>

#include "host/base/errors.h"

namespace host::plugin {

void refuse(const Origin& origin, std::string_view function, const std::string& found,
            const std::string& expected) {
  throw PluginError(
      fmt::format("{}: {}() returned {}; expected {}", subject(origin), function, found, expected));
}

std::string memory(const at::Tensor& tensor) {
  if (!tensor.defined()) return "";
  return std::string(tensor.is_contiguous() ? "" : ", not contiguous") +
         (tensor.is_cpu() ? "" : ", not on the CPU");
}

void check_names(const std::vector<std::string>& names, std::string_view function,
                 const Origin& origin) {
  std::set<std::string> seen;
  for (const auto& name : names) {
    const bool fits = !name.empty() && name.find('.') == std::string::npos;
    if (fits && seen.insert(name).second) continue;
    refuse(origin, function, "the name '" + name + "'" + (fits ? " twice" : ""),
           "names that are all different, not empty and without a dot");
  }
}

}  // namespace host::plugin
