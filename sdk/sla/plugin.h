#pragma once

/// @file
/// How a plugin names its components to the host.

#include <concepts>

#include "sla/detail/registration.h"

/// What plugins include: the classes that components derive from, and what helps to write them.
namespace sla {

/// Names a component for SLA_PLUGIN. `T` derives from one of the four kinds and has that kind's
/// constructor; parameters that it takes are declared by a static member function
/// `std::vector<sla::Parameter> parameters()`.
template <typename T>
detail::Component component(std::string name, std::string summary) {
  detail::Component made{std::move(name), std::move(summary), detail::parameters_of<T>(), {}};
  if constexpr (std::derived_from<T, Model>) {
    made.make = detail::maker<Model, T, const Parameters&, const ImageShape&, Host&>();
  } else if constexpr (std::derived_from<T, Dataset> &&
                       std::constructible_from<T, const Parameters&, std::shared_ptr<const Dataset>,
                                               Host&>) {
    made.make =
        detail::maker<Dataset, T, const Parameters&, std::shared_ptr<const Dataset>, Host&>();
  } else if constexpr (std::derived_from<T, Dataset>) {
    made.make = detail::maker<Dataset, T, const Parameters&, Host&>();
  } else if constexpr (std::derived_from<T, Transformation>) {
    made.make = detail::maker<Transformation, T, const Parameters&, Host&>();
  } else {
    static_assert(std::derived_from<T, Objective>,
                  "a component derives from sla::Model, Dataset, Transformation or Objective");
    made.make = detail::maker<Objective, T, const Parameters&, const Task&, Model&, Host&>();
  }
  return made;
}

}  // namespace sla

/// Registers a plugin: its version and its components, on one line at the end of one source file.
///
///     SLA_PLUGIN("1.0.0", sla::component<Rotation>("rotation", "Rotations by quarter turns"))
///
/// Several components may follow one another, of one kind or of several; two of the same kind and
/// name are refused when the plugin is loaded. The macro defines `sla_plugin`, the only symbol that
/// the library exports: a description of the build that the host compares with its own before it
/// loads the library, and the function that lists the components. That function and the
/// constructors run on the main thread; what they throw reaches the user with the plugin's name.
#define SLA_PLUGIN(version, ...)                                                             \
  extern "C" {                                                                               \
  extern const __attribute__((visibility("default"))) ::sla::detail::PluginEntry sla_plugin; \
  __attribute__((used)) constinit const ::sla::detail::PluginEntry sla_plugin{               \
      {.plugin_version = ::sla::detail::FixedText<32>(version)},                             \
      +[]() -> std::vector<::sla::detail::Component> { return {__VA_ARGS__}; }};             \
  }
