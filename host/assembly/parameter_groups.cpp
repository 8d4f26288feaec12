#include "host/assembly/parameter_groups.h"

#include <fnmatch.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <set>

#include "host/base/errors.h"

namespace host::assembly {

namespace {

using experiment::ParameterGroup;

bool matches(const ParameterGroup& group, const std::string& name) {
  return fnmatch(group.pattern.c_str(), name.c_str(), /*flags=*/0) == 0;
}

}  // namespace

const ParameterGroup* group_of(const std::vector<ParameterGroup>& groups, const std::string& name) {
  const auto last = std::find_if(groups.rbegin(), groups.rend(),
                                 [&](const auto& group) { return matches(group, name); });
  return last == groups.rend() ? nullptr : &*last;
}

void freeze_groups(Network& network, const std::vector<ParameterGroup>& groups) {
  std::vector<std::string> names;
  std::set<std::string> frozen;
  for (const auto& parameter : network.named_parameters()) {
    names.push_back(parameter.key());
    const auto* group = group_of(groups, names.back());
    if (group != nullptr && group->frozen) frozen.insert(names.back());
  }
  for (const ParameterGroup& group : groups) {
    if (std::any_of(names.begin(), names.end(),
                    [&](const auto& name) { return matches(group, name); })) {
      continue;
    }
    throw ExperimentError(fmt::format(
        "{}: [[parameter_group]] '{}' matches none of the network's {} parameters; they are named "
        "{} to {} (`*` stands for any characters, dots too)",
        group.where, group.pattern, names.size(), names.front(), names.back()));
  }
  if (!names.empty() && frozen.size() == names.size()) {
    throw ExperimentError(
        "the [[parameter_group]] tables freeze all parameters; leave the heads, " +
        std::string(kHeadsPrefix) + "*, to be trained");
  }
  network.freeze(frozen);
}

}  // namespace host::assembly
