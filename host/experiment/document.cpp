#include "host/experiment/document.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include <toml++/toml.h>

#include "host/base/errors.h"
#include "host/experiment/published.h"

namespace host::experiment {

namespace {

namespace fs = std::filesystem;

Location location(const toml::source_region& region, const std::string& name) {
  return {name, region.begin.line, region.begin.column};
}

Value convert(const toml::node& node, const std::string& name);

Table convert(const toml::table& table, const std::string& name) {
  Table converted;
  for (const auto& [key, node] : table) {
    Value value = convert(node, name);
    // Messages about a key show the key's own location.
    value.where = location(key.source(), name);
    converted.emplace(key.str(), std::move(value));
  }
  return converted;
}

Value convert(const toml::node& node, const std::string& name) {
  const Location where = location(node.source(), name);
  if (const auto* table = node.as_table()) return {convert(*table, name), where};
  if (const auto* array = node.as_array()) {
    Array converted;
    for (const toml::node& element : *array) converted.push_back(convert(element, name));
    return {std::move(converted), where};
  }
  if (const auto* text = node.as_string()) return {text->get(), where};
  if (const auto* integer = node.as_integer()) return {integer->get(), where};
  if (const auto* number = node.as_floating_point()) return {number->get(), where};
  if (const auto* flag = node.as_boolean()) return {flag->get(), where};
  throw ExperimentError(where.text() + ": dates and times are not allowed in an experiment");
}

std::string read_file(const fs::path& file, const std::string& asked_by) {
  std::ifstream stream(file, std::ios::binary);
  if (fs::is_directory(file)) {
    throw ExperimentError((asked_by.empty() ? "" : asked_by + ": ") + file.string() +
                          " is a directory; name an experiment file in it, such as " +
                          (file / "experiment.toml").string());
  }
  std::string text{std::istreambuf_iterator<char>(stream), {}};
  if (!fs::is_regular_file(file) || !stream) {
    throw ExperimentError((asked_by.empty() ? "" : asked_by + ": ") + "cannot read experiment " +
                          file.string() + "; check the path");
  }
  return text;
}

bool is_path(const std::string& plugin) {
  return plugin.find('/') != std::string::npos || plugin.ends_with(".so");
}

void anchor(Value& value, const fs::path& folder) {
  value.held = fs::absolute(folder / std::get<std::string>(value.held)).lexically_normal().string();
}

/// Plugin paths are relative to the file that contains them. Absolute paths stay valid in a merged
/// document and in a run's copy.
void anchor_paths(Table& table, const fs::path& folder) {
  for (auto& [key, value] : table) {
    if (value.text() != nullptr &&
        ((key == "plugin" && is_path(*value.text())) || key == "plugin_path")) {
      anchor(value, folder);
    }
    if (auto* inner = std::get_if<Table>(&value.held)) anchor_paths(*inner, folder);
    if (auto* array = std::get_if<Array>(&value.held)) {
      for (Value& element : *array) {
        if (element.text() != nullptr &&
            (key == "plugin_path" || (key == "plugin" && is_path(*element.text())))) {
          anchor(element, folder);
        }
        if (auto* inner = std::get_if<Table>(&element.held)) anchor_paths(*inner, folder);
      }
    }
  }
}

/// Merges a file onto those it extends and adds the profiles of all to `layers`. `chain` holds the
/// files being read, outermost first.
void add_file(Layers& layers, const fs::path& file, const std::string& asked_by,
              std::vector<fs::path> chain) {
  const fs::path identity = fs::weakly_canonical(file);
  if (std::find(chain.begin(), chain.end(), identity) != chain.end()) {
    std::string cycle;
    for (const auto& link : chain) cycle += link.filename().string() + " -> ";
    throw ExperimentError(asked_by + ": 'extends' forms a cycle: " + cycle +
                          identity.filename().string());
  }
  chain.push_back(identity);

  Table own = parse_document(read_file(file, asked_by), file.string());
  anchor_paths(own, file.parent_path());
  if (const auto extends = own.find("extends"); extends != own.end()) {
    const Value bases = extends->second;
    own.erase(extends);
    for (const Value& base : bases.array() == nullptr ? Array{bases} : *bases.array()) {
      if (base.text() == nullptr) {
        throw ExperimentError(
            base.where.text() +
            ": 'extends' must be the path of an experiment file, relative to this "
            "one, or a list of such paths, where later files override earlier ones");
      }
      add_file(layers, file.parent_path() / *base.text(), base.where.text(), chain);
    }
  }
  layers.profiles.take_from(own);
  merge(layers.root, own);
}

/// A file's experiment with some of its profiles.
Table with_profiles(const fs::path& file, const std::vector<std::string>& profiles) {
  Layers layers = read_layers(file);
  layers.profiles.lay_over(layers.root, profiles);
  return std::move(layers.root);
}

}  // namespace

Table parse_document(const std::string& text, const std::string& name) {
  try {
    return convert(toml::parse(text), name);
  } catch (const toml::parse_error& error) {
    throw ExperimentError(location(error.source(), name).text() + ": " +
                          std::string(error.description()));
  }
}

Table parse_setting(const std::string& setting) {
  const std::string name = "--set " + setting;
  if (setting.find('=') == std::string::npos) {
    throw ExperimentError(name + ": expected table.key=value");
  }
  try {
    return parse_document(setting, name);
  } catch (const ExperimentError&) {
    // Shells strip quotes: treat anything that is not a TOML value as a string.
    const auto equals = setting.find('=');
    return parse_document(
        setting.substr(0, equals) + "=" + "\"" + setting.substr(equals + 1) + "\"", name);
  }
}

Table read_single_file(const fs::path& file) {
  Table table = parse_document(read_file(file, ""), file.string());
  anchor_paths(table, file.parent_path());
  return table;
}

Layers read_layers(const fs::path& file) {
  Layers layers;
  add_file(layers, file, "", {});
  return layers;
}

Resolved resolve(const fs::path& file, const Overrides& overrides) {
  Layers layers = read_layers(file);
  Resolved resolved;
  resolved.profiles = layers.profiles.parse(overrides.profiles, file.string());
  resolved.meant_dataset = layers.profiles.lay_over(layers.root, resolved.profiles);
  resolved.document = std::move(layers.root);
  unset_keys(resolved.document, overrides.unset);
  apply_settings(resolved.document, overrides.settings);
  keep_published(resolved.document, resolved.profiles, layers.profiles.names(), &with_profiles);
  return resolved;
}

void unset_keys(Table& root, const std::vector<std::string>& keys) {
  for (const std::string& key : keys) {
    const std::string name = "--unset " + key;
    // Without a dot, npos + 1 is 0.
    size_t begin = key.rfind('.') + 1;
    Table over{{"unset", {key.substr(begin), {name, 1, static_cast<int64_t>(begin) + 1}}}};
    while (begin > 0) {
      const size_t end = begin - 1;
      begin = end == 0 ? 0 : key.rfind('.', end - 1) + 1;
      over = Table{{key.substr(begin, end - begin), {std::move(over), {name, 1, 1}}}};
    }
    merge(root, over);
  }
}

void apply_settings(Table& root, const std::vector<std::string>& settings) {
  for (const std::string& setting : settings) {
    Table parsed = parse_setting(setting);
    anchor_paths(parsed, fs::current_path());
    merge(root, parsed);
  }
}

}  // namespace host::experiment
