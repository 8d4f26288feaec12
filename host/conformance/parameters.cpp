#include <sla/error.h>

#include <cmath>
#include <optional>
#include <regex>
#include <set>
#include <utility>
#include <variant>
#include <vector>

#include "host/base/errors.h"
#include "host/conformance/subject.h"
#include "host/experiment/check.h"

namespace host::conformance {

namespace {

/// Larger values may be too expensive for a check.
constexpr double kGreatest = 64;

/// Values at the edge of the allowed range, or unexpected ones.
std::vector<sla::ParameterValue> odd_values(const sla::Parameter& parameter) {
  if (!parameter.choices.empty()) return parameter.choices;
  if (std::holds_alternative<bool>(parameter.default_value)) return {true, false};
  if (std::holds_alternative<std::string>(parameter.default_value)) {
    return {std::string(), std::string("no such thing")};
  }
  const bool integer = std::holds_alternative<int64_t>(parameter.default_value);
  if (!integer && !std::holds_alternative<double>(parameter.default_value)) return {};
  std::vector<sla::ParameterValue> values;
  for (const double value : {parameter.minimum.value_or(-1), 0.0, parameter.maximum.value_or(0)}) {
    if (std::abs(value) > kGreatest) continue;
    if (integer)
      values.emplace_back(static_cast<int64_t>(value));
    else
      values.emplace_back(value);
  }
  return values;
}

void check_declaration(const sla::Parameter& parameter) {
  static const std::regex kName("[a-z][a-z0-9_]*");
  static const std::set<std::string> kOfHost{"plugin", "component", "source"};
  const std::string it = "parameter '" + parameter.name + "'";
  expect(std::regex_match(parameter.name, kName),
         it + " has a name with characters other than lower case, digits and underscores");
  expect(!kOfHost.contains(parameter.name), it + " has the name of a key that the host uses");
  expect(!parameter.help.empty(), it + " has no help");
  expect(!parameter.minimum || !parameter.maximum || *parameter.minimum <= *parameter.maximum,
         it + " has a minimum above its maximum");
  if (parameter.required) return;
  // The host's own check: the default must pass.
  experiment::check({{parameter.name, experiment::to_value(parameter.default_value, {"default"})}},
                    {"default"}, "the component", {parameter});
}

/// The parameters with one of them changed; nullopt if the host would reject that value.
std::optional<sla::Parameters> allowed_parameters(const Subject& subject, const std::string& name,
                                                  const sla::ParameterValue& value) {
  try {
    return subject.parameters({{name, experiment::to_value(value, {"conformance"})}});
  } catch (const ExperimentError&) {
    return std::nullopt;
  }
}

}  // namespace

sla::Parameters Subject::parameters(const experiment::Table& changed) const {
  experiment::Table table = given_;
  for (const auto& [name, value] : changed) table.insert_or_assign(name, value);
  return experiment::check(table, {description_.name}, "component '" + description_.name + "'",
                           description_.parameters);
}

void check_parameters(const Subject& subject, Report& report,
                      const std::function<void(const sla::Parameters&)>& construct) {
  const auto& declared = subject.description().parameters;
  report.check(
      "declares its parameters with help and valid defaults",
      "the host checks experiments against the declaration and prints it; a default out of "
      "range would be rejected once the user writes it down",
      [&] {
        std::set<std::string> names;
        for (const auto& parameter : declared) {
          expect(names.insert(parameter.name).second,
                 "two parameters are named '" + parameter.name + "'");
          check_declaration(parameter);
        }
      });
  report.check("can be constructed, or throws sla::Error, for all allowed parameters",
               "any other exception looks like a bug in the plugin instead of telling the user "
               "which parameter to change",
               [&] {
                 for (const auto& parameter : declared) {
                   if (subject.is_given(parameter.name)) continue;
                   for (const auto& value : odd_values(parameter)) {
                     const auto parameters = allowed_parameters(subject, parameter.name, value);
                     if (!parameters) continue;
                     try {
                       construct(*parameters);
                     } catch (const sla::Error&) {
                       // Rejected with a message for the user.
                     } catch (const std::exception& error) {
                       throw Failure(parameter.name + " = " + sla::to_toml(value) + " threw " +
                                     message_of(error) +
                                     "; throw sla::Error, or declare the range");
                     }
                   }
                 }
               });
}

}  // namespace host::conformance
