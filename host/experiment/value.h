#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace host::experiment {

/// A location in an experiment file, or in a --set argument.
struct Location {
  std::string file;
  int64_t line = 0;
  int64_t column = 0;

  /// file:line:column
  std::string text() const;
};

struct Value;
using Array = std::vector<Value>;
using Table = std::map<std::string, Value, std::less<>>;

/// One TOML value with its location, which survives merging into another file.
struct Value {
  std::variant<bool, int64_t, double, std::string, Array, Table> held;
  Location where;

  const Table* table() const { return std::get_if<Table>(&held); }
  const Array* array() const { return std::get_if<Array>(&held); }
  const std::string* text() const { return std::get_if<std::string>(&held); }

  /// Its type, for messages: "integer", "table", ...
  std::string_view type_name() const;
};

/// Merges `over` into `base`. First removes the keys of each `base` table that `unset` in the
/// matching table of `over` lists; then merges tables key by key and replaces everything else. A
/// table that names another `plugin` replaces the whole table, because the parameters belonged to
/// the old plugin. Throws ExperimentError if a key to unset is missing.
void merge(Table& base, const Table& over);

/// The text or the table at a key; empty or nullptr if there is none.
std::string text_at(const Table& table, std::string_view key);
const Table* table_at(const Table& table, std::string_view key);

/// The table as a TOML document.
std::string to_toml(const Table& table);

}  // namespace host::experiment
