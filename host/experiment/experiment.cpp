#include "host/experiment/experiment.h"

#include <utility>

#include "host/base/errors.h"
#include "host/experiment/check.h"
#include "host/experiment/choices.h"
#include "host/experiment/schema.h"
#include "host/experiment/stand_in.h"

namespace host::experiment {

namespace {

namespace fs = std::filesystem;

const Table kNoTable;

/// The root's table `key`, or an empty one.
const Table& section(const Table& root, const std::string& key, Location& where) {
  const auto found = root.find(key);
  if (found == root.end()) return kNoTable;
  where = found->second.where;
  if (const Table* table = found->second.table()) return *table;
  throw ExperimentError(where.text() + ": '" + key + "' must be a table, such as [" + key +
                        "], not " + std::string(found->second.type_name()));
}

sla::Parameters checked_section(const Table& root, const std::string& key,
                                const std::vector<sla::Parameter>& declared) {
  Location where{key, 0, 0};
  const Table& table = section(root, key, where);
  return check(table, where, "[" + key + "]", declared);
}

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

/// The tables of a list of tables, or the single table, with their locations.
std::vector<std::pair<const Table*, Location>> tables_of(const Table& root,
                                                         const std::string& key) {
  const auto found = root.find(key);
  if (found == root.end()) return {};
  const Value& value = found->second;
  if (const Table* table = value.table()) return {{table, value.where}};
  std::vector<std::pair<const Table*, Location>> listed;
  const Array single{value};
  for (const Value& element : value.array() == nullptr ? single : *value.array()) {
    if (element.table() == nullptr) {
      throw ExperimentError(element.where.text() + ": '" + key +
                            "' must be a table, or a list of tables ([[" + key + "]])");
    }
    listed.emplace_back(element.table(), element.where);
  }
  return listed;
}

/// The components of [[augmentation]] or [[transformation]], in order.
std::vector<ComponentTable> component_list(const Table& root, const std::string& key) {
  std::vector<ComponentTable> listed;
  for (const auto& [table, where] : tables_of(root, key)) {
    listed.push_back(component_table(*table, where, key));
  }
  return listed;
}

std::vector<PublishedValue> published(const Table& root) {
  std::vector<PublishedValue> listed;
  for (const auto& [table, where] : tables_of(root, "published")) {
    const auto value = check(*table, where, "[[published]]", published_schema());
    listed.push_back({value.text("metric"), value.number("value"), value.text("source")});
  }
  return listed;
}

void require_one_of(const Table& root, const std::string& key, const std::string& a,
                    const std::string& b, bool has_a, bool has_b) {
  if (has_a != has_b) return;
  Location where{key, 0, 0};
  section(root, key, where);
  throw ExperimentError(where.text() + ": [" + key + "] needs exactly one of '" + a + "' and '" +
                        b + "', but has " + (has_a ? "both" : "neither"));
}

TrainingOptions read_training(const Table& root) {
  const auto parameters = checked_section(root, "training", training_schema());
  TrainingOptions options{
      .batch_size = parameters.integer("batch_size"),
      .total_iterations = parameters.integer("total_iterations"),
      .total_epochs = parameters.integer("total_epochs"),
      .extended_at = parameters.integer("extended_at"),
      .sampler = chosen(kSamplers, parameters.text("sampler")),
      .precision = chosen(kPrecisions, parameters.text("precision")),
      .validate_every_iterations = parameters.integer("validate_every_iterations"),
      .validate_every_epochs = parameters.integer("validate_every_epochs"),
      .log_every_iterations = parameters.integer("log_every_iterations"),
      .select = parameters.text("select"),
      .nonfinite_loss = chosen(kNonFinite, parameters.text("nonfinite_loss"))};
  require_one_of(root, "training", "total_iterations", "total_epochs", options.total_iterations > 0,
                 options.total_epochs > 0);
  require_one_of(root, "training", "validate_every_iterations", "validate_every_epochs",
                 options.validate_every_iterations > 0, options.validate_every_epochs > 0);
  return options;
}

OptimizerOptions read_optimizer(const Table& root) {
  const auto parameters = checked_section(root, "optimizer", optimizer_schema());
  return {.kind = chosen(kOptimizers, parameters.text("name")),
          .learning_rate = parameters.number("learning_rate"),
          .weight_decay = parameters.number("weight_decay"),
          .momentum = parameters.number("momentum"),
          .nesterov = parameters.flag("nesterov"),
          .beta1 = parameters.number("beta1"),
          .beta2 = parameters.number("beta2"),
          .epsilon = parameters.number("epsilon")};
}

ScheduleOptions read_schedule(const Table& root) {
  const auto parameters = checked_section(root, "schedule", schedule_schema());
  ScheduleOptions options{.kind = chosen(kSchedules, parameters.text("name")),
                          .milestone_fractions = parameters.numbers("milestone_fractions"),
                          .milestone_epochs = parameters.numbers("milestone_epochs"),
                          .step_epochs = parameters.number("step_epochs"),
                          .gamma = parameters.numbers("gamma"),
                          .final_factor = parameters.number("final_factor"),
                          .warmup_epochs = parameters.number("warmup_epochs"),
                          .warmup_iterations = parameters.integer("warmup_iterations"),
                          .warmup_per_epoch = parameters.flag("warmup_per_epoch")};
  if (options.kind == ScheduleKind::multi_step) {
    require_one_of(root, "schedule", "milestone_fractions", "milestone_epochs",
                   !options.milestone_fractions.empty(), !options.milestone_epochs.empty());
  }
  return options;
}

/// Writes the defaults of the host's own tables into the document, so that it shows every value.
void complete_sections(Table& root) {
  const std::vector<std::pair<const char*, std::vector<sla::Parameter>>> sections{
      {"normalisation", normalisation_schema()}, {"optimizer", optimizer_schema()},
      {"schedule", schedule_schema()},           {"training", training_schema()},
      {"checkpoints", checkpoints_schema()},     {"evaluation", evaluation_schema()},
      {"protocol", protocol_schema()},           {"runtime", runtime_schema()}};
  for (const auto& [key, declared] : sections) {
    Location where{key, 0, 0};
    Table completed = complete(section(root, key, where), where, key, declared);
    root.insert_or_assign(key, Value{std::move(completed), where});
  }
  root = complete(root, {"the experiment", 0, 0}, "the experiment", root_schema(), section_names());
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
  experiment.objective = component_section(document, "objective", name);
  experiment.augmentations = component_list(document, "augmentation");
  experiment.transformations = component_list(document, "transformation");

  const auto normalisation = checked_section(document, "normalisation", normalisation_schema());
  experiment.normalisation = {normalisation.numbers("mean"), normalisation.numbers("std")};
  experiment.optimizer = read_optimizer(document);
  experiment.schedule = read_schedule(document);
  experiment.training = read_training(document);
  const auto evaluation = checked_section(document, "evaluation", evaluation_schema());
  experiment.evaluation = {evaluation.integer("batch_size"), evaluation.texts("predictions")};
  const auto checkpoints = checked_section(document, "checkpoints", checkpoints_schema());
  experiment.checkpoints = {checkpoints.integer("every_iterations"), checkpoints.integer("keep")};
  const auto protocol = checked_section(document, "protocol", protocol_schema());
  experiment.protocol = {protocol.texts("accept")};
  const auto runtime = checked_section(document, "runtime", runtime_schema());
  experiment.runtime = {runtime.text("device"), runtime.integer("threads")};
  experiment.published = published(document);
  experiment.document = std::move(document);
  complete_sections(experiment.document);
  return experiment;
}

}  // namespace host::experiment
