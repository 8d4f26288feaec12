#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "host/plugin/call.h"
#include "host/plugin/library.h"
#include "host/plugin/services.h"

namespace host::plugin {

/// What a factory creates for a component that an experiment names.
template <typename T>
struct Made {
  std::shared_ptr<const Library> library;
  std::shared_ptr<Services> services;
  Origin origin;
  std::shared_ptr<T> object;
};

/// The only access to a component: derived classes call its functions, check the results against
/// the contract, and throw PluginError naming plugin and function. The object keeps
/// alive everything it may use, whatever the order of destruction.
template <typename T>
class Handle {
 public:
  explicit Handle(Made<T> made) : made_(std::move(made)) {}

  const Origin& origin() const { return made_.origin; }
  const Library& library() const { return *made_.library; }

  /// The object itself, for modules that register it. Calls go through the handle.
  const std::shared_ptr<T>& object() const { return made_.object; }

 protected:
  template <typename Function>
  decltype(auto) call(std::string_view name, Function&& function) const {
    return plugin::call(origin(), name, [&]() -> decltype(auto) { return function(*object()); });
  }

 private:
  Made<T> made_;
};

}  // namespace host::plugin
