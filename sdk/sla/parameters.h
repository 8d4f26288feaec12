#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace sla {

/// The types of parameters.
using ParameterValue = std::variant<bool, int64_t, double, std::string, std::vector<int64_t>,
                                    std::vector<double>, std::vector<std::string>>;

/// Declares a parameter of a component. The host checks the experiment against it before
/// creating the component, and `sla_host describe` prints it.
struct Parameter {
  /// The key in the experiment's table.
  std::string name;
  /// The default; its alternative is the parameter's type.
  ParameterValue default_value;
  /// One line for `sla_host describe`, with the unit if there is one.
  std::string help;
  /// The minimum of a number, or of each element of a list.
  std::optional<double> minimum = std::nullopt;
  /// The maximum of a number, or of each element of a list.
  std::optional<double> maximum = std::nullopt;
  /// The allowed values (of a list: of the list as a whole); empty: any.
  std::vector<ParameterValue> choices = {};
  /// Whether the experiment must set it; the default value then only gives the type.
  bool required = false;
  /// Whether a string (or each string of a list) is a path. A relative path is relative to the
  /// experiment file that contains it (on the command line: to the current folder), `~` is the
  /// user's home; the component gets an absolute path. Empty strings stay empty.
  bool is_path = false;
};

/// The parameters of a component, complete and checked: every declared name has a value of its
/// type.
class Parameters {
 public:
  /// Takes the values by name, already checked by the host.
  explicit Parameters(std::map<std::string, ParameterValue, std::less<>> values);

  /// The value of a parameter declared as a bool. This and the other accessors throw
  /// std::logic_error if the name is not declared with this type.
  bool flag(std::string_view name) const;
  /// The value of a parameter declared as an int64_t.
  int64_t integer(std::string_view name) const;
  /// The value of a parameter declared as a double.
  double number(std::string_view name) const;
  /// The value of a parameter declared as a std::string.
  const std::string& text(std::string_view name) const;
  /// The values of a parameter declared as a list of int64_t.
  const std::vector<int64_t>& integers(std::string_view name) const;
  /// The values of a parameter declared as a list of doubles.
  const std::vector<double>& numbers(std::string_view name) const;
  /// The values of a parameter declared as a list of strings.
  const std::vector<std::string>& texts(std::string_view name) const;

 private:
  template <typename T>
  const T& get(std::string_view name) const;

  std::map<std::string, ParameterValue, std::less<>> values_;
};

/// The name of a value's type in error messages and documentation: "integer", "list of
/// numbers", ...
std::string_view type_name(const ParameterValue& value);

/// The value in the syntax of an experiment file.
std::string to_toml(const ParameterValue& value);

}  // namespace sla
