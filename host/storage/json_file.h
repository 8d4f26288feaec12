#pragma once

#include <nlohmann/json.hpp>

#include <filesystem>
#include <string>

namespace host::storage {

/// A JSON object; `file` names it in messages. Throws DamagedFileError where the text is none.
nlohmann::json parse_json_object(const std::string& text, const std::filesystem::path& file);

/// JSON as text, ended by a newline; NaN and infinity, which it lacks, become null, and bytes that
/// are no UTF-8, such as those of a class's name in another encoding, become U+FFFD. `indent` as in
/// nlohmann::json::dump().
std::string json_text(const nlohmann::json& value, int indent = 2);

/// The JSON object in a file. Throws StorageError, DamagedFileError where it holds none.
nlohmann::json read_json(const std::filesystem::path& file);

}  // namespace host::storage
