#pragma once

#include <sla/batch.h>
#include <sla/host.h>
#include <sla/parameters.h>

#include <functional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "host/conformance/probes.h"
#include "host/conformance/report.h"
#include "host/experiment/value.h"
#include "host/plugin/call.h"
#include "host/plugin/library.h"
#include "host/plugin/services.h"

namespace host::conformance {

/// The component under test, and its parameters.
class Subject {
 public:
  /// Number of classes in the task for objectives.
  static constexpr int64_t kClasses = 6;

  /// `given` are parameters by name, as in an experiment; others have their defaults. `companions`
  /// are the components of the same plugin.
  Subject(const sla::detail::Component& description, experiment::Table given,
          const std::vector<sla::detail::Component>& companions)
      : description_(description),
        given_(std::move(given)),
        companions_(companions),
        services_(description.name, {.seed = kSeed, .frozen_network = [](const auto&) {
                                       return probe_frozen_network(kClasses);
                                     }}) {}

  const sla::detail::Component& description() const { return description_; }

  /// The component's name in messages of the contract checks.
  plugin::Origin origin() const {
    return {.plugin = description_.name, .component = {}, .location = {}};
  }

  /// The parameters of `given`, overridden by `changed`. Throws ExperimentError.
  sla::Parameters parameters(const experiment::Table& changed = {}) const;

  /// The batch annotations of the plugin's own augmentations, which its objectives may read.
  void annotate(sla::Batch& batch);

  /// Whether a parameter was given, and so must not be varied.
  bool is_given(const std::string& parameter) const { return given_.contains(parameter); }

  /// A new object, such as make<sla::Transformation>(subject.parameters()).
  template <typename T, typename... Arguments>
  std::shared_ptr<T> make(const sla::Parameters& parameters, Arguments&&... arguments) {
    using Make =
        std::function<std::shared_ptr<T>(const sla::Parameters&, Arguments..., sla::Host&)>;
    return std::get<Make>(description_.make)(parameters, std::forward<Arguments>(arguments)...,
                                             services_);
  }

 private:
  static constexpr int64_t kSeed = 7;

  const sla::detail::Component& description_;
  experiment::Table given_;
  const std::vector<sla::detail::Component>& companions_;
  plugin::Services services_;
};

/// The checks of each kind. Each constructs the subject as often as it needs.
void check_augmentation(Subject& subject, Report& report);
void check_transformation(Subject& subject, Report& report);
void check_dataset(Subject& subject, Report& report);
void check_model(Subject& subject, Report& report);
void check_objective(Subject& subject, Report& report);

/// The checks of any component's declarations; `construct` creates an object from parameters.
void check_parameters(const Subject& subject, Report& report,
                      const std::function<void(const sla::Parameters&)>& construct);

}  // namespace host::conformance
