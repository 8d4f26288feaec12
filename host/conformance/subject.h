#pragma once

#include <sla/host.h>
#include <sla/parameters.h>

#include <functional>
#include <string>
#include <utility>
#include <variant>

#include "host/conformance/report.h"
#include "host/experiment/value.h"
#include "host/plugin/library.h"
#include "host/plugin/services.h"

namespace host::conformance {

/// The component that is looked at, and the parameters that it is to have.
class Subject {
 public:
  /// `given` are parameters by name, as in an experiment; the others have their defaults.
  Subject(const sla::detail::Component& description, experiment::Table given)
      : description_(description), given_(std::move(given)), services_(description.name, kSeed) {}

  const sla::detail::Component& description() const { return description_; }

  /// The parameters of `given`, with `changed` laid over them. Throws ExperimentError.
  sla::Parameters parameters(const experiment::Table& changed = {}) const;

  /// Whether a parameter was given, and is to stay as it is.
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
  plugin::Services services_;
};

/// The checks of each kind. Each builds objects of the subject as often as it needs.
void check_transformation(Subject& subject, Report& report);
void check_dataset(Subject& subject, Report& report);
void check_model(Subject& subject, Report& report);
void check_objective(Subject& subject, Report& report);

/// The checks of what any component declares; `construct` makes an object of these parameters.
void check_parameters(const Subject& subject, Report& report,
                      const std::function<void(const sla::Parameters&)>& construct);

}  // namespace host::conformance
