#include "host/experiment/sections.h"

#include "host/base/errors.h"
#include "host/experiment/check.h"
#include "host/experiment/choices.h"
#include "host/experiment/schema.h"

namespace host::experiment {

namespace {

const Table kNoTable;

sla::Parameters checked_section(const Table& root, const std::string& key,
                                const std::vector<sla::Parameter>& declared) {
  Location where{key, 0, 0};
  const Table& table = section(root, key, where);
  return check(table, where, "[" + key + "]", declared);
}

std::vector<PublishedValue> published(const Table& root) {
  std::vector<PublishedValue> listed;
  for (const auto& [table, where] : tables_of(root, "published")) {
    const auto value = check(*table, where, "[[published]]", published_schema());
    listed.push_back({value.text("metric"), value.number("value"), value.text("source")});
  }
  return listed;
}

std::vector<ParameterGroup> parameter_groups(const Table& root) {
  std::vector<ParameterGroup> listed;
  for (const auto& [table, where] : tables_of(root, "parameter_group")) {
    const auto group = check(*table, where, "[[parameter_group]]", parameter_group_schema());
    listed.push_back({.pattern = group.text("pattern"),
                      .frozen = group.flag("frozen"),
                      .learning_rate_factor = group.number("learning_rate_factor"),
                      .weight_decay_factor = group.number("weight_decay_factor"),
                      .where = where.text()});
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
      .training_sample = parameters.integer("training_sample"),
      .log_every_iterations = parameters.integer("log_every_iterations"),
      .select = parameters.text("select"),
      .nonfinite_loss = chosen(kNonFinite, parameters.text("nonfinite_loss")),
      .clip_gradient_norm = parameters.number("clip_gradient_norm"),
      .average_decay = parameters.number("average_decay"),
      .accumulate = parameters.integer("accumulate"),
      .sync_batch_norm = parameters.flag("sync_batch_norm"),
      .early_stopping = parameters.integer("early_stopping")};
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
          .decay_norms_and_biases = parameters.flag("decay_norms_and_biases"),
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
  if (options.warmup_epochs > 0 && options.warmup_iterations > 0) {
    throw ExperimentError(place_of(root, "schedule", "warmup_iterations") +
                          "[schedule] has both warmup_epochs and warmup_iterations; set one of "
                          "them to 0");
  }
  if (options.kind == ScheduleKind::multi_step) {
    require_one_of(root, "schedule", "milestone_fractions", "milestone_epochs",
                   !options.milestone_fractions.empty(), !options.milestone_epochs.empty());
  }
  return options;
}

}  // namespace

const Table& section(const Table& root, const std::string& key, Location& where) {
  const auto found = root.find(key);
  if (found == root.end()) return kNoTable;
  where = found->second.where;
  if (const Table* table = found->second.table()) return *table;
  throw ExperimentError(where.text() + ": '" + key + "' must be a table, such as [" + key +
                        "], not " + std::string(found->second.type_name()));
}

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

void read_sections(const Table& root, Experiment& experiment) {
  const auto normalisation = checked_section(root, "normalisation", normalisation_schema());
  experiment.normalisation = {normalisation.numbers("mean"), normalisation.numbers("std")};
  experiment.optimizer = read_optimizer(root);
  experiment.parameter_groups = parameter_groups(root);
  experiment.schedule = read_schedule(root);
  experiment.training = read_training(root);
  const auto evaluation = checked_section(root, "evaluation", evaluation_schema());
  experiment.evaluation = {evaluation.integer("batch_size"), evaluation.texts("predictions"),
                           evaluation.integer("ten_crop_margin")};
  const auto checkpoints = checked_section(root, "checkpoints", checkpoints_schema());
  experiment.checkpoints = {checkpoints.integer("every_iterations"), checkpoints.integer("keep")};
  const auto protocol = checked_section(root, "protocol", protocol_schema());
  experiment.protocol = {protocol.texts("accept")};
  const auto runtime = checked_section(root, "runtime", runtime_schema());
  experiment.runtime = {.device = runtime.text("device"),
                        .threads = runtime.integer("threads"),
                        .loading_threads = runtime.integer("loading_threads"),
                        .kernels = chosen(kKernels, runtime.text("kernels")),
                        .graph = chosen(kGraphs, runtime.text("graph")),
                        .tf32 = runtime.flag("tf32"),
                        .autotune = runtime.flag("autotune"),
                        .deterministic = runtime.flag("deterministic"),
                        .timeout = runtime.integer("timeout")};
  experiment.published = published(root);
}

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

}  // namespace host::experiment
