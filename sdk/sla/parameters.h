#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace sla {

/// The types that a parameter may have.
using ParameterValue = std::variant<bool, int64_t, double, std::string, std::vector<int64_t>,
                                    std::vector<double>, std::vector<std::string>>;

/// Declares one parameter of a component. The host checks the experiment against it before it
/// creates the component, and `sla_host describe` prints it.
struct Parameter {
  /// Key in the experiment's table.
  std::string name;
  /// Value when the experiment is silent; its alternative is the parameter's type.
  ParameterValue default_value;
  /// One line for `sla_host describe`, with the unit where there is one.
  std::string help;
  /// Least value allowed, of a number or of each element of a list.
  std::optional<double> minimum = std::nullopt;
  /// Greatest value allowed, of a number or of each element of a list.
  std::optional<double> maximum = std::nullopt;
  /// The only values allowed; empty: any.
  std::vector<ParameterValue> choices = {};
  /// Whether the experiment must give it; the default value then only tells the type.
  bool required = false;
};

/// The parameters of one component, complete and checked: every declared name has a value of its
/// type.
class Parameters {
 public:
  /// Takes the values by name; the host has checked them.
  explicit Parameters(std::map<std::string, ParameterValue, std::less<>> values);

  /// The value of a parameter that is declared as a bool. This and the others throw
  /// std::logic_error for a name that is not declared, or not of this type.
  bool flag(std::string_view name) const;
  /// The value of a parameter that is declared as an int64_t.
  int64_t integer(std::string_view name) const;
  /// The value of a parameter that is declared as a double.
  double number(std::string_view name) const;
  /// The value of a parameter that is declared as a std::string.
  const std::string& text(std::string_view name) const;
  /// The values of a parameter that is declared as a list of int64_t.
  const std::vector<int64_t>& integers(std::string_view name) const;
  /// The values of a parameter that is declared as a list of doubles.
  const std::vector<double>& numbers(std::string_view name) const;
  /// The values of a parameter that is declared as a list of strings.
  const std::vector<std::string>& texts(std::string_view name) const;

 private:
  template <typename T>
  const T& get(std::string_view name) const;

  std::map<std::string, ParameterValue, std::less<>> values_;
};

/// The name of a value's type as experiments and error messages say it: "integer", "list of
/// numbers", ...
std::string_view type_name(const ParameterValue& value);

/// The value as it would stand in an experiment file.
std::string to_toml(const ParameterValue& value);

}  // namespace sla
