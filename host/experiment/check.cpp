#include "host/experiment/check.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <optional>
#include <type_traits>
#include <utility>

#include "host/base/environment.h"
#include "host/base/errors.h"
#include "host/experiment/suggest.h"

namespace host::experiment {

namespace {

/// Converts a TOML scalar to a parameter's element type; integers convert to numbers.
template <typename T>
std::optional<T> scalar_as(const Value& value) {
  if (const T* same = std::get_if<T>(&value.held)) return *same;
  if constexpr (std::is_same_v<T, double>) {
    if (const auto* integer = std::get_if<int64_t>(&value.held)) {
      return static_cast<double>(*integer);
    }
  }
  return std::nullopt;
}

template <typename T>
struct IsList : std::false_type {};
template <typename T>
struct IsList<std::vector<T>> : std::true_type {};

template <typename T>
std::optional<T> convert(const Value& value) {
  if constexpr (IsList<T>::value) {
    // A single value counts as a list of one: gamma = 0.1.
    const Array single{value};
    const Array* array = value.array();
    T list;
    for (const Value& element : array == nullptr ? single : *array) {
      const auto converted = scalar_as<typename T::value_type>(element);
      if (!converted) return std::nullopt;
      list.push_back(*converted);
    }
    return list;
  } else {
    return scalar_as<T>(value);
  }
}

/// The numbers in a value, for the check against minimum and maximum.
std::vector<double> numbers_in(const sla::ParameterValue& value) {
  return std::visit(
      [](const auto& held) -> std::vector<double> {
        using T = std::decay_t<decltype(held)>;
        if constexpr (std::is_same_v<T, int64_t> || std::is_same_v<T, double>) {
          return {static_cast<double>(held)};
        } else if constexpr (std::is_same_v<T, std::vector<int64_t>> ||
                             std::is_same_v<T, std::vector<double>>) {
          return {held.begin(), held.end()};
        } else {
          return {};
        }
      },
      value);
}

bool allowed(const sla::Parameter& parameter, const sla::ParameterValue& value) {
  if (!parameter.choices.empty() && std::find(parameter.choices.begin(), parameter.choices.end(),
                                              value) == parameter.choices.end()) {
    return false;
  }
  const auto numbers = numbers_in(value);
  return std::all_of(numbers.begin(), numbers.end(), [&](double number) {
    return !(parameter.minimum && number < *parameter.minimum) &&
           !(parameter.maximum && number > *parameter.maximum);
  });
}

/// A path as the file that gives it means it; one of the command line is relative to the current
/// folder.
std::string absolute_path(const std::string& path, const Location& where) {
  namespace fs = std::filesystem;
  if (path.empty()) return path;
  fs::path meant = path;
  if (path == "~" || path.starts_with("~/")) {
    const auto home = home_folder();
    if (!home) {
      throw ExperimentError(where.text() + ": '" + path +
                            "' is in the home folder, but the variable HOME is not set");
    }
    meant = *home / path.substr(std::min<size_t>(2, path.size()));
  }
  std::error_code unreadable;
  const fs::path base = fs::is_regular_file(where.file, unreadable)
                            ? fs::absolute(where.file).parent_path()
                            : fs::current_path();
  return (base / meant).lexically_normal();
}

void make_absolute(sla::ParameterValue& value, const Location& where) {
  if (auto* text = std::get_if<std::string>(&value)) *text = absolute_path(*text, where);
  if (auto* texts = std::get_if<std::vector<std::string>>(&value)) {
    for (std::string& text : *texts) text = absolute_path(text, where);
  }
}

sla::ParameterValue checked_value(const Value& value, const std::string& owner,
                                  const sla::Parameter& parameter) {
  const std::string complaint = fmt::format("{}: '{}' of {} must be {}, not ", value.where.text(),
                                            parameter.name, owner, describe_type(parameter));
  return std::visit(
      [&](const auto& example) -> sla::ParameterValue {
        auto converted = convert<std::decay_t<decltype(example)>>(value);
        if (!converted) {
          throw ExperimentError(
              fmt::format("{}{} ({})", complaint, value.type_name(), parameter.help));
        }
        sla::ParameterValue result(std::move(*converted));
        const auto numbers = numbers_in(result);
        if (!std::all_of(numbers.begin(), numbers.end(), [](double n) { return std::isfinite(n); }))
          throw ExperimentError(complaint + sla::to_toml(result) + ": numbers must be finite");
        if (!allowed(parameter, result)) throw ExperimentError(complaint + sla::to_toml(result));
        if (parameter.is_path) make_absolute(result, value.where);
        return result;
      },
      parameter.default_value);
}

using Values = std::map<std::string, sla::ParameterValue, std::less<>>;

Values checked_values(const Table& table, const Location& where, const std::string& owner,
                      const std::vector<sla::Parameter>& declared,
                      const std::vector<std::string>& ignored) {
  Values values;
  for (const sla::Parameter& parameter : declared) {
    const auto found = table.find(parameter.name);
    if (found != table.end()) {
      values[parameter.name] = checked_value(found->second, owner, parameter);
    } else if (parameter.required) {
      throw ExperimentError(fmt::format("{}: {} needs '{}' ({}): {}", where.text(), owner,
                                        parameter.name, describe_type(parameter), parameter.help));
    } else {
      values[parameter.name] = parameter.default_value;
    }
  }
  for (const auto& [key, value] : table) {
    if (values.contains(key) || std::count(ignored.begin(), ignored.end(), key) > 0) continue;
    std::vector<std::string> known = ignored;
    for (const sla::Parameter& parameter : declared) known.push_back(parameter.name);
    throw ExperimentError(fmt::format("{}: {} has no key '{}'{}", value.where.text(), owner, key,
                                      suggest(key, known)));
  }
  return values;
}

}  // namespace

std::string describe_type(const sla::Parameter& parameter) {
  std::string text(sla::type_name(parameter.default_value));
  if (!parameter.choices.empty()) {
    text.clear();
    for (const auto& choice : parameter.choices)
      text += (text.empty() ? "one of " : ", ") + sla::to_toml(choice);
  } else if (parameter.minimum && parameter.maximum) {
    text += fmt::format(", {} to {}", *parameter.minimum, *parameter.maximum);
  } else if (parameter.minimum) {
    text += fmt::format(", at least {}", *parameter.minimum);
  } else if (parameter.maximum) {
    text += fmt::format(", at most {}", *parameter.maximum);
  }
  return text;
}

sla::Parameters check(const Table& table, const Location& where, const std::string& owner,
                      const std::vector<sla::Parameter>& declared,
                      const std::vector<std::string>& ignored) {
  return sla::Parameters(checked_values(table, where, owner, declared, ignored));
}

Table complete(const Table& table, const Location& where, const std::string& owner,
               const std::vector<sla::Parameter>& declared,
               const std::vector<std::string>& ignored) {
  Table completed = table;
  for (const auto& [name, value] : checked_values(table, where, owner, declared, ignored)) {
    const auto given = table.find(name);
    completed.insert_or_assign(name,
                               to_value(value, given == table.end() ? where : given->second.where));
  }
  return completed;
}

Value to_value(const sla::ParameterValue& value, const Location& where) {
  return std::visit(
      [&](const auto& held) -> Value {
        if constexpr (requires { Value{held, where}; }) {
          return {held, where};
        } else {
          Array list;
          for (const auto& element : held) list.push_back({element, where});
          return {std::move(list), where};
        }
      },
      value);
}

}  // namespace host::experiment
