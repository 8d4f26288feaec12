#include "host/storage/json_file.h"

#include "host/base/errors.h"
#include "host/storage/atomic_file.h"

namespace host::storage {

nlohmann::json parse_json_object(const std::string& text, const std::filesystem::path& file) {
  nlohmann::json parsed = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_object()) throw DamagedFileError(file.string() + " is damaged: not JSON");
  return parsed;
}

std::string json_text(const nlohmann::json& value, int indent) {
  return value.dump(indent, ' ', /*ensure_ascii=*/false, nlohmann::json::error_handler_t::replace) +
         "\n";
}

nlohmann::json read_json(const std::filesystem::path& file) {
  const auto content = read_file(file);
  return parse_json_object(std::string(content.begin(), content.end()), file);
}

}  // namespace host::storage
