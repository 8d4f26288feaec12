#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <string_view>
#include <vector>

#include "host/plugin/call.h"

namespace host::plugin {

/// Throws PluginError: a component's function returned something that violates the contract.
[[noreturn]] void refuse(const Origin& origin, std::string_view function, const std::string& found,
                         const std::string& expected);

/// Unexpected memory properties of a tensor: ", not contiguous", ", not on the CPU".
std::string memory(const at::Tensor& tensor);

/// Rejects names that are empty, repeated, or contain a dot (metric names are joined with dots).
void check_names(const std::vector<std::string>& names, std::string_view function,
                 const Origin& origin);

/// The `name` members of a list.
template <typename Named>
std::vector<std::string> names_of(const std::vector<Named>& all) {
  std::vector<std::string> names;
  names.reserve(all.size());
  for (const auto& one : all) names.push_back(one.name);
  return names;
}

}  // namespace host::plugin
