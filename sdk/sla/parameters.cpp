#include "sla/parameters.h"

#include <array>
#include <charconv>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace sla {

namespace {

std::string element_to_toml(bool value) { return value ? "true" : "false"; }
std::string element_to_toml(int64_t value) { return std::to_string(value); }

std::string element_to_toml(double value) {
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  std::string text(digits.data(), end);
  // TOML distinguishes floats from integers by the point or exponent.
  if (text.find_first_of(".en") == std::string::npos) text += ".0";
  return text;
}

std::string element_to_toml(const std::string& value) {
  std::string quoted = "\"";
  for (const char c : value) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    const auto code = static_cast<unsigned char>(c);
    if (code < 0x20 || code == 0x7f) {
      quoted +=
          c == '\n' ? "\\n" : std::string("\\u00") + kDigits[code >> 4U] + kDigits[code & 15U];
      continue;
    }
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

template <typename T>
std::string element_to_toml(const std::vector<T>& values) {
  std::string text = "[";
  for (const T& value : values) text += (text.size() > 1 ? ", " : "") + element_to_toml(value);
  return text + "]";
}

}  // namespace

Parameters::Parameters(std::map<std::string, ParameterValue, std::less<>> values)
    : values_(std::move(values)) {}

template <typename T>
const T& Parameters::get(std::string_view name) const {
  const auto found = values_.find(name);
  if (found == values_.end()) {
    throw std::logic_error("the component reads parameter '" + std::string(name) +
                           "' but does not declare it in parameters()");
  }
  if (const T* value = std::get_if<T>(&found->second)) return *value;
  throw std::logic_error("the component reads parameter '" + std::string(name) + "' as " +
                         std::string(type_name(T{})) + " but declares it as " +
                         std::string(type_name(found->second)));
}

bool Parameters::flag(std::string_view name) const { return get<bool>(name); }
int64_t Parameters::integer(std::string_view name) const { return get<int64_t>(name); }
double Parameters::number(std::string_view name) const { return get<double>(name); }
const std::string& Parameters::text(std::string_view name) const { return get<std::string>(name); }

const std::vector<int64_t>& Parameters::integers(std::string_view name) const {
  return get<std::vector<int64_t>>(name);
}

const std::vector<double>& Parameters::numbers(std::string_view name) const {
  return get<std::vector<double>>(name);
}

const std::vector<std::string>& Parameters::texts(std::string_view name) const {
  return get<std::vector<std::string>>(name);
}

std::string_view type_name(const ParameterValue& value) {
  static constexpr std::array<std::string_view, std::variant_size_v<ParameterValue>> kNames{
      "boolean",          "integer",         "number",         "string",
      "list of integers", "list of numbers", "list of strings"};
  return kNames.at(value.index());
}

std::string to_toml(const ParameterValue& value) {
  return std::visit([](const auto& held) { return element_to_toml(held); }, value);
}

}  // namespace sla
