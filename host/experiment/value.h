#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace host::experiment {

/// A place in an experiment file, or in a --set argument.
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

/// One TOML value that remembers where it stands, also after it was merged from another file.
struct Value {
  std::variant<bool, int64_t, double, std::string, Array, Table> held;
  Location where;

  const Table* table() const { return std::get_if<Table>(&held); }
  const Array* array() const { return std::get_if<Array>(&held); }
  const std::string* text() const { return std::get_if<std::string>(&held); }

  /// What it is, for messages: "integer", "table", ...
  std::string_view type_name() const;
};

/// Lays `over` on `base`: first the keys that a table of `over` lists in `unset` are dropped from
/// that table of `base`, then tables are merged key by key and everything else is replaced. A table
/// that names another `plugin` replaces the whole table, because the old parameters belong to the
/// old plugin. Throws ExperimentError if a key to unset is not there.
void merge(Table& base, const Table& over);

/// The table as a TOML document.
std::string to_toml(const Table& table);

}  // namespace host::experiment
