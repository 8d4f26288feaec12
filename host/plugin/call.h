#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace host::plugin {

/// Whose code is about to run: what an error message says of it.
struct Origin {
  std::string plugin;
  std::string component;
  /// file:line:column of the experiment's table.
  std::string location;
};

/// Inside a catch block: throws what is being handled again as a PluginError that names the
/// component and the function. Errors of the host pass through unchanged.
[[noreturn]] void rethrow_as_plugin_error(const Origin& origin, std::string_view function);

/// Runs code of a plugin, so that whatever it throws reaches the user with its origin.
template <typename Function>
decltype(auto) call(const Origin& origin, std::string_view name, Function&& function) {
  try {
    return std::forward<Function>(function)();
  } catch (...) {
    rethrow_as_plugin_error(origin, name);
  }
}

}  // namespace host::plugin
