#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "host/plugin/crash.h"

namespace host::plugin {

/// The component whose code is about to run, for error messages.
struct Origin {
  std::string plugin;
  std::string component;
  /// file:line:column of the experiment's table.
  std::string location;
};

/// "FILE:LINE:COLUMN: plugin 'NAME', component 'NAME'": how messages about a component begin.
std::string subject(const Origin& origin);

/// Inside a catch block: rethrows the current exception as a PluginError that names the component
/// and the function. The host's own errors pass through unchanged.
[[noreturn]] void rethrow_as_plugin_error(const Origin& origin, std::string_view function);

/// Runs plugin code so that its exceptions reach the user with their origin.
template <typename Function>
decltype(auto) call(const Origin& origin, std::string_view name, Function&& function) {
  const Frame frame(origin, name);
  try {
    return std::forward<Function>(function)();
  } catch (...) {
    rethrow_as_plugin_error(origin, name);
  }
}

}  // namespace host::plugin
