#pragma once

/// @file
/// How a plugin registers its components with the host.

#include <concepts>
#include <type_traits>

#ifdef __CUDACC__
// nvcc instantiates templates of LibTorch for which other compilers do not need the whole class.
#include <ATen/core/ivalue.h>
#endif

#include "sla/detail/registration.h"

/// The SDK for plugins: the base classes of components, and helpers to write them.
namespace sla {

/// Describes a component for SLA_PLUGIN. `T` derives from one of the five kinds and has that kind's
/// constructor; a static member function `std::vector<sla::Parameter> parameters()` declares its
/// parameters, if any.
template <typename T>
detail::Component component(std::string name, std::string summary) {
  using From = const std::shared_ptr<const Dataset>&;
  detail::Component made{std::move(name), std::move(summary), detail::parameters_of<T>(), {}};
  if constexpr (std::derived_from<T, Model>) {
    static_assert(!std::is_abstract_v<T>, "a model overrides features() and feature_size()");
    static_assert(std::constructible_from<T, const Parameters&, const ImageShape&, Host&>,
                  "a model needs a public constructor "
                  "(const sla::Parameters&, const sla::ImageShape&, sla::Host&)");
    made.make = detail::maker<Model, T, const Parameters&, const ImageShape&, Host&>();
  } else if constexpr (std::derived_from<T, Dataset>) {
    static_assert(!std::is_abstract_v<T>,
                  "a dataset overrides image_shape(), class_names(), labels() and "
                  "batch(const sla::Request&)");
    constexpr bool derived = std::constructible_from<T, const Parameters&, From, Host&>;
    static_assert(
        derived || std::constructible_from<T, const Parameters&, Host&>,
        "a dataset needs a public constructor (const sla::Parameters&, sla::Host&) or, if "
        "it derives from another dataset, (const sla::Parameters&, "
        "std::shared_ptr<const sla::Dataset>, sla::Host&)");
    if constexpr (derived) {
      made.make =
          detail::maker<Dataset, T, const Parameters&, std::shared_ptr<const Dataset>, Host&>();
    } else {
      made.make = detail::maker<Dataset, T, const Parameters&, Host&>();
    }
  } else if constexpr (std::derived_from<T, Augmentation>) {
    static_assert(!std::is_abstract_v<T>,
                  "an augmentation overrides apply(sla::Batch&, const sla::BatchRandom&), or "
                  "augment() if it derives from sla::ImageAugmentation");
    static_assert(
        std::constructible_from<T, const Parameters&, Host&>,
        "an augmentation needs a public constructor (const sla::Parameters&, sla::Host&)");
    made.make = detail::maker<Augmentation, T, const Parameters&, Host&>();
  } else if constexpr (std::derived_from<T, Transformation>) {
    static_assert(!std::is_abstract_v<T>, "a transformation overrides count() and view()");
    static_assert(
        std::constructible_from<T, const Parameters&, Host&>,
        "a transformation needs a public constructor (const sla::Parameters&, sla::Host&)");
    made.make = detail::maker<Transformation, T, const Parameters&, Host&>();
  } else {
    static_assert(std::derived_from<T, Objective>,
                  "a component derives publicly from sla::Model, Dataset, Augmentation, "
                  "Transformation or Objective");
    static_assert(!std::is_abstract_v<T>,
                  "an objective overrides loss(const sla::Embedding&, const sla::Phase&), "
                  "predictions() and predict()");
    static_assert(std::constructible_from<T, const Parameters&, const Task&, Model&, Host&>,
                  "an objective needs a public constructor "
                  "(const sla::Parameters&, const sla::Task&, sla::Model&, sla::Host&)");
    made.make = detail::maker<Objective, T, const Parameters&, const Task&, Model&, Host&>();
  }
  return made;
}

}  // namespace sla

/// Registers a plugin: its version, at most 31 characters, and its components. Use it once, at the
/// end of a source file.
///
///     SLA_PLUGIN("1.0.0", sla::component<Rotation>("rotation", "Rotations by quarter turns"))
///
/// It takes one or more components of any kinds; the host rejects a plugin with two of the same
/// kind and name. The macro defines `sla_plugin`, the library's only exported symbol: a description
/// of the build, which the host compares with its own before loading the library, and
/// the function that lists the components. That function and the
/// constructors run on the main thread; their exceptions are reported with the plugin's name.
#define SLA_PLUGIN(version, ...)                                                             \
  extern "C" {                                                                               \
  extern const __attribute__((visibility("default"))) ::sla::detail::PluginEntry sla_plugin; \
  __attribute__((used)) constinit const ::sla::detail::PluginEntry sla_plugin{               \
      {.plugin_version = ::sla::detail::FixedText<32>(version)},                             \
      +[]() -> std::vector<::sla::detail::Component> { return {__VA_ARGS__}; }};             \
  }
