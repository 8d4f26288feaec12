#include "host/experiment/experiment.h"

#include <utility>

#include "host/base/errors.h"
#include "host/experiment/check.h"
#include "host/experiment/schema.h"
#include "host/experiment/sections.h"
#include "host/experiment/stand_in.h"

namespace host::experiment {

namespace {

namespace fs = std::filesystem;

ComponentTable component_table(const Table& table, const Location& where, const std::string& key) {
  Table names;
  for (const char* name : {"plugin", "component"}) {
    if (const auto found = table.find(name); found != table.end()) names.insert(*found);
  }
  const auto parameters = check(names, where, "[" + key + "]", component_schema());
  ComponentTable read{parameters.text("plugin"), parameters.text("component"), table, where};
  if (const auto source = table.find("source");
      source != table.end() && key.starts_with("dataset")) {
    const Value& value = source->second;
    if (value.table() == nullptr) {
      throw ExperimentError(value.where.text() + ": 'source' of [" + key +
                            "] must be a table that names a dataset, not " +
                            std::string(value.type_name()));
    }
    read.source.push_back(component_table(*value.table(), value.where, key + ".source"));
  }
  return read;
}

ComponentTable component_section(const Table& root, const std::string& key,
                                 const std::string& experiment) {
  if (!root.contains(key)) {
    throw ExperimentError(experiment + ": the experiment has no [" + key +
                          "] table; it must name a plugin, for "
                          "example plugin = \"...\"");
  }
  Location where;
  const Table& table = section(root, key, where);
  return component_table(table, where, key);
}

/// The components of [[augmentation]] or [[transformation]], in order.
std::vector<ComponentTable> component_list(const Table& root, const std::string& key) {
  std::vector<ComponentTable> listed;
  for (const auto& [table, where] : tables_of(root, key)) {
    listed.push_back(component_table(*table, where, key));
  }
  return listed;
}

/// [model]'s `weights`, which are the host's; the table gets the absolute path.
fs::path initial_weights(ComponentTable& model) {
  Table own;
  if (const auto found = model.table.find("weights"); found != model.table.end()) {
    own.insert(*found);
  }
  own = complete(own, model.where, "[model]", initial_weights_schema());
  const fs::path weights = *own.at("weights").text();
  model.table.merge(own);
  model.table.insert_or_assign("weights", Value{weights.string(), model.where});
  return weights;
}

}  // namespace

std::string place_of(const Table& document, const std::string& table, const std::string& key) {
  const auto section = document.find(table);
  if (section == document.end() || section->second.table() == nullptr) return "";
  const Table& keys = *section->second.table();
  const auto found = keys.find(key);
  return (found == keys.end() ? section->second.where : found->second.where).text() + ": ";
}

Experiment read_experiment(const fs::path& file, const Overrides& overrides) {
  Resolved resolved = resolve(file, overrides);
  std::string name = text_at(resolved.document, "name");
  if (name.empty()) name = file.stem().string();
  for (const std::string& profile : resolved.profiles) name += "-" + profile;
  resolved.document.insert_or_assign("name", Value{name, {file.string(), 1, 1}});
  note_stand_in(resolved.document, resolved.meant_dataset);
  return interpret(std::move(resolved.document), name);
}

Experiment interpret(Table document, const std::string& name) {
  Location where{name, 0, 0};
  const auto root = check(document, where, "the experiment", root_schema(), section_names());

  Experiment experiment;
  experiment.name = root.text("name").empty() ? name : root.text("name");
  if (experiment.name.find('/') != std::string::npos || experiment.name.front() == '.') {
    throw ExperimentError(document.at("name").where.text() + ": the name '" + experiment.name +
                          "' cannot be a directory's; leave out slashes and a dot at its start");
  }
  experiment.seed = root.integer("seed");
  for (const std::string& folder : root.texts("plugin_path")) {
    // Files and --set make their paths absolute. An experiment stored inside weights may not depend
    // on the user's current folder.
    if (!fs::path(folder).is_absolute()) {
      throw ExperimentError(name + ": plugin_path '" + folder +
                            "' has no file to be relative to; pass --set plugin_path=FOLDER");
    }
    experiment.plugin_path.emplace_back(folder);
  }
  experiment.dataset = component_section(document, "dataset", name);
  if (const std::string meant = root.text("stands_in_for"); !meant.empty()) {
    experiment.replaced_dataset.emplace(meant, image_source(experiment.dataset.table));
  }
  experiment.model = component_section(document, "model", name);
  experiment.initial_weights = initial_weights(experiment.model);
  experiment.objective = component_section(document, "objective", name);
  experiment.augmentations = component_list(document, "augmentation");
  experiment.transformations = component_list(document, "transformation");

  read_sections(document, experiment);
  experiment.document = std::move(document);
  complete_sections(experiment.document);
  return experiment;
}

}  // namespace host::experiment
