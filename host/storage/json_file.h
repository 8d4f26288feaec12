#pragma once

#include <nlohmann/json.hpp>

#include <filesystem>
#include <string>

namespace host::storage {

/// Parses a JSON object; `file` names it in messages. Throws DamagedFileError if it is not one.
nlohmann::json parse_json_object(const std::string& text, const std::filesystem::path& file);

/// Formats JSON as text with a final newline, a list of numbers or strings on one line. NaN and
/// infinity become null, since JSON lacks them; bytes that are not UTF-8, such as a class name in
/// another encoding, become U+FFFD.
std::string json_text(const nlohmann::json& value);

/// The same on a single line, without a newline.
std::string json_line(const nlohmann::json& value);

/// Reads the JSON object in a file. Throws StorageError, or DamagedFileError if it is not one.
nlohmann::json read_json(const std::filesystem::path& file);

}  // namespace host::storage
