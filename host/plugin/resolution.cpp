#include "host/plugin/resolution.h"

#include <utility>
#include <variant>

#include "host/base/errors.h"
#include "host/base/plugin_digests.h"
#include "host/base/utf8.h"
#include "host/experiment/check.h"
#include "host/experiment/flat.h"
#include "host/plugin/elf_file.h"
#include "host/plugin/factory.h"
#include "host/plugin/library.h"
#include "host/plugin/search_path.h"

namespace host::plugin {

namespace {

using experiment::ComponentTable;
using experiment::Value;

/// Completes a component's table, and that of its source dataset.
void complete(ComponentTable& table, Kind kind, const std::vector<std::filesystem::path>& folders) {
  const auto& description = described(table, kind, folders);
  table.table = experiment::complete(table.table, table.where,
                                     kind_name(kind) + " '" + description.name + "'",
                                     description.parameters, keys_of_the_host(description));
  for (ComponentTable& source : table.source) {
    complete(source, kind, folders);
    table.table.insert_or_assign("source", Value{source.table, source.where});
  }
}

/// Writes completed tables back to their place in the document: one table, or a list.
void put_back(const std::vector<ComponentTable>& tables, const std::string& key,
              experiment::Table& document) {
  if (tables.empty()) return;
  Value& place = document.at(key);
  if (place.array() == nullptr) {
    place.held = tables.front().table;
    return;
  }
  experiment::Array list;
  for (const ComponentTable& table : tables) list.push_back({table.table, table.where});
  place.held = std::move(list);
}

/// Adds the plugin of a table, and those of its source dataset.
void add_code(const ComponentTable& table, Kind kind,
              const std::vector<std::filesystem::path>& folders,
              std::map<std::string, std::string>& code) {
  const auto library = Library::load(find_plugin(table.plugin, folders));
  add_plugin(library->component(kind, table.component).name, library->sha256(), code);
  for (const ComponentTable& source : table.source) add_code(source, kind, folders, code);
}

/// Paths may be anything, but the run's experiment.toml is UTF-8.
void check_text(const experiment::Experiment& experiment) {
  for (const auto& [key, value] : experiment::flatten(experiment.document, {})) {
    if (is_utf8(value)) continue;
    throw ExperimentError(key + " = " + value +
                          " is not UTF-8, as the run's experiment.toml must be; rename the file or "
                          "folder");
  }
}

}  // namespace

std::map<std::string, std::string> code_of(const experiment::Experiment& experiment) {
  const auto folders = search_path(experiment.plugin_path);
  std::map<std::string, std::string> code{
      {"host", build_id("/proc/self/exe")},
      {"LibTorch", std::string(sla::detail::Handshake().libtorch.view())}};
  add_code(experiment.dataset, Kind::dataset, folders, code);
  add_code(experiment.model, Kind::model, folders, code);
  add_code(experiment.objective, Kind::objective, folders, code);
  for (const auto& table : experiment.augmentations) {
    add_code(table, Kind::augmentation, folders, code);
  }
  for (const auto& table : experiment.transformations) {
    add_code(table, Kind::transformation, folders, code);
  }
  return code;
}

experiment::Experiment resolve(experiment::Experiment experiment) {
  const auto folders = search_path(experiment.plugin_path);
  for (const auto& [kind, key, table] :
       {std::tuple(Kind::dataset, "dataset", &experiment.dataset),
        std::tuple(Kind::model, "model", &experiment.model),
        std::tuple(Kind::objective, "objective", &experiment.objective)}) {
    complete(*table, kind, folders);
    experiment.document.at(key).held = table->table;
  }
  for (auto& table : experiment.augmentations) complete(table, Kind::augmentation, folders);
  put_back(experiment.augmentations, "augmentation", experiment.document);
  for (auto& table : experiment.transformations) complete(table, Kind::transformation, folders);
  put_back(experiment.transformations, "transformation", experiment.document);
  check_text(experiment);
  return experiment;
}

}  // namespace host::plugin
