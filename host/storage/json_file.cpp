#include "host/storage/json_file.h"

#include <algorithm>

#include "host/base/errors.h"
#include "host/storage/atomic_file.h"

namespace host::storage {

namespace {

/// Whether its elements take a line each: a confusion matrix has a line per row, not per number.
bool spans_lines(const nlohmann::json& value) {
  if (!value.is_array()) return value.is_object() && !value.empty();
  return std::any_of(value.begin(), value.end(),
                     [](const nlohmann::json& element) { return element.is_structured(); });
}

/// `line` begins a line as far indented as the value.
void append(const nlohmann::json& value, const std::string& line, std::string& text) {
  if (!spans_lines(value)) {
    text += json_line(value);
    return;
  }
  const std::string inner = line + "  ";
  text += value.is_object() ? '{' : '[';
  const char* separator = "";
  for (const auto& [key, element] : value.items()) {
    text += separator + inner;
    if (value.is_object()) text += json_line(key) + ": ";
    append(element, inner, text);
    separator = ",";
  }
  text += line + (value.is_object() ? '}' : ']');
}

}  // namespace

nlohmann::json parse_json_object(const std::string& text, const std::filesystem::path& file) {
  nlohmann::json parsed = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_object()) throw DamagedFileError(file.string() + " is damaged: not JSON");
  return parsed;
}

std::string json_text(const nlohmann::json& value) {
  std::string text;
  append(value, "\n", text);
  return text + "\n";
}

std::string json_line(const nlohmann::json& value) {
  return value.dump(-1, ' ', /*ensure_ascii=*/false, nlohmann::json::error_handler_t::replace);
}

nlohmann::json read_json(const std::filesystem::path& file) {
  const auto content = read_file(file);
  return parse_json_object(std::string(content.begin(), content.end()), file);
}

}  // namespace host::storage
