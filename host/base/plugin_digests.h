#pragma once

#include <map>
#include <string>

namespace host {

/// Adds a component's plugin to digests of a run's code, as "plugin COMPONENT". If several plugins
/// have a component of this name, their digests are joined by "+", in the order of their tables.
void add_plugin(const std::string& component, const std::string& sha256,
                std::map<std::string, std::string>& code);

}  // namespace host
