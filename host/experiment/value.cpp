#include "host/experiment/value.h"

#include <sla/parameters.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "host/base/errors.h"
#include "host/experiment/suggest.h"

namespace host::experiment {

namespace {

const std::string* plugin_of(const Table& table) {
  const auto found = table.find("plugin");
  return found == table.end() ? nullptr : found->second.text();
}

bool names_other_plugin(const Table& base, const Table& over) {
  const std::string* before = plugin_of(base);
  const std::string* after = plugin_of(over);
  return before != nullptr && after != nullptr && *before != *after;
}

/// The key whose value lists keys to remove.
constexpr std::string_view kUnset = "unset";

/// Removes the keys listed in `unset`.
void drop(Table& base, const Value& unset) {
  for (const Value& name : unset.array() == nullptr ? Array{unset} : *unset.array()) {
    if (name.text() == nullptr) {
      throw ExperimentError(name.where.text() +
                            ": 'unset' must be a list of keys of its table, such as "
                            "[\"total_epochs\"], not " +
                            std::string(name.type_name()));
    }
    const auto found = base.find(*name.text());
    if (found == base.end()) {
      std::vector<std::string> known;
      for (const auto& [key, value] : base) known.push_back(key);
      throw ExperimentError(name.where.text() + ": cannot unset '" + *name.text() +
                            "': it is not set in what this overrides" +
                            suggest(*name.text(), known));
    }
    base.erase(found);
  }
}

/// A TOML key: bare, or quoted if it holds more than letters, digits, - and _.
std::string toml_key(const std::string& key) {
  const bool bare = !key.empty() && std::all_of(key.begin(), key.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_';
  });
  return bare ? key : sla::to_toml(sla::ParameterValue(key));
}

std::string inline_toml(const Value& value);

struct InlineWriter {
  std::string operator()(const Array& array) const {
    std::string text = "[";
    for (const Value& element : array) text += (text.size() > 1 ? ", " : "") + inline_toml(element);
    return text + "]";
  }
  std::string operator()(const Table& table) const {
    std::string text = "{";
    for (const auto& [key, value] : table) {
      text += (text.size() > 1 ? ", " : " ") + toml_key(key) + " = " + inline_toml(value);
    }
    return text + " }";
  }
  std::string operator()(const auto& scalar) const {
    return sla::to_toml(sla::ParameterValue(scalar));
  }
};

std::string inline_toml(const Value& value) { return std::visit(InlineWriter{}, value.held); }

void write_table(const Table& table, const std::string& path, std::string& out) {
  for (const auto& [key, value] : table) {
    if (value.table() == nullptr)
      out.append(toml_key(key)).append(" = ").append(inline_toml(value)).append("\n");
  }
  for (const auto& [key, value] : table) {
    if (const Table* inner = value.table()) {
      const std::string name = (path.empty() ? "" : path + ".") + toml_key(key);
      out += "\n[" + name + "]\n";
      write_table(*inner, name, out);
    }
  }
}

}  // namespace

std::string Location::text() const {
  if (line == 0) return file;
  return file + ":" + std::to_string(line) + ":" + std::to_string(column);
}

std::string_view Value::type_name() const {
  static constexpr std::array<std::string_view, 6> kNames{"boolean", "integer", "number",
                                                          "string",  "list",    "table"};
  return kNames.at(held.index());
}

void merge(Table& base, const Table& over) {
  if (const auto unset = over.find(kUnset); unset != over.end()) drop(base, unset->second);
  for (const auto& [key, value] : over) {
    if (key == kUnset) continue;
    const Table* inner = value.table();
    if (inner == nullptr) {
      base.insert_or_assign(key, value);
      continue;
    }
    const auto existing = base.find(key);
    auto* below = existing == base.end() ? nullptr : std::get_if<Table>(&existing->second.held);
    if (below != nullptr && !names_other_plugin(*below, *inner)) {
      merge(*below, *inner);
    } else {
      Table fresh;
      merge(fresh, *inner);
      base.insert_or_assign(key, Value{std::move(fresh), value.where});
    }
  }
}

std::string text_at(const Table& table, std::string_view key) {
  const auto found = table.find(key);
  const bool is_text = found != table.end() && found->second.text() != nullptr;
  return is_text ? *found->second.text() : "";
}

const Table* table_at(const Table& table, std::string_view key) {
  const auto found = table.find(key);
  return found == table.end() ? nullptr : found->second.table();
}

std::string to_toml(const Table& table) {
  std::string out;
  write_table(table, "", out);
  return out;
}

}  // namespace host::experiment
