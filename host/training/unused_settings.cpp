#include "host/training/unused_settings.h"

#include <sla/parameters.h>
#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "host/experiment/choices.h"
#include "host/experiment/flat.h"
#include "host/experiment/schema.h"

namespace host::training {

namespace {

using experiment::OptimizerKind;
using experiment::ScheduleKind;
using Lines = std::vector<std::string>;

/// Collects the keys of a section that have no effect.
class Section {
 public:
  Section(std::string name, std::vector<sla::Parameter> schema, const experiment::Table& document,
          Lines& lines)
      : name_(std::move(name)),
        schema_(std::move(schema)),
        values_(experiment::flatten(document, {})),
        lines_(lines) {}

  /// Unless `counts`, each of `keys` that has another value than its default is set in vain.
  void require(bool counts, const std::vector<std::string>& keys, const std::string& why) {
    if (counts) return;
    for (const auto& parameter : schema_) {
      if (std::find(keys.begin(), keys.end(), parameter.name) == keys.end()) continue;
      const auto found = values_.find(name_ + "." + parameter.name);
      if (found == values_.end() || found->second == sla::to_toml(parameter.default_value))
        continue;
      lines_.push_back(fmt::format("{} = {} has no effect: {}", found->first, found->second, why));
    }
  }

 private:
  std::string name_;
  std::vector<sla::Parameter> schema_;
  std::map<std::string, std::string> values_;
  Lines& lines_;
};

void add_keys(const experiment::Experiment& experiment, Lines& lines) {
  const auto& schedule = experiment.schedule;
  const auto kind = schedule.kind;
  const bool steps = kind == ScheduleKind::multi_step || kind == ScheduleKind::step;
  const bool warms_up = schedule.warmup_epochs > 0 || schedule.warmup_iterations > 0;
  const std::string named =
      fmt::format("schedule.name is \"{}\"", name_of(experiment::kSchedules, kind));
  Section keys("schedule", experiment::schedule_schema(), experiment.document, lines);
  keys.require(kind == ScheduleKind::multi_step, {"milestone_fractions", "milestone_epochs"},
               named);
  keys.require(steps, {"gamma"}, named);
  keys.require(kind == ScheduleKind::step, {"step_epochs"}, named);
  keys.require(kind == ScheduleKind::cosine, {"final_factor"}, named);
  keys.require(warms_up, {"warmup_per_epoch"}, "there is no warm-up");

  const bool is_sgd = experiment.optimizer.kind == OptimizerKind::sgd;
  const std::string by = fmt::format("optimizer.name is \"{}\"",
                                     name_of(experiment::kOptimizers, experiment.optimizer.kind));
  Section options("optimizer", experiment::optimizer_schema(), experiment.document, lines);
  options.require(is_sgd, {"momentum", "nesterov"}, by);
  options.require(!is_sgd, {"beta1", "beta2", "epsilon"}, by);
  options.require(!is_sgd || experiment.optimizer.momentum > 0, {"nesterov"},
                  "optimizer.momentum is 0");
}

void add_batches(const assembly::Assembly& assembly, Lines& lines) {
  const auto& training = assembly.experiment.training;
  const bool has_own_sampler = assembly.dataset.sampler(sla::Split::train, training.batch_size,
                                                        assembly.random("sampler")) != nullptr;
  Section keys("training", experiment::training_schema(), assembly.experiment.document, lines);
  keys.require(!has_own_sampler, {"sampler"}, "the dataset draws its own batches");
  const int64_t images = assembly.dataset.size(sla::Split::train);
  if (!has_own_sampler && training.batch_size > images) {
    lines.push_back(fmt::format("training.batch_size is {}, but there are only {} training images",
                                training.batch_size, images));
  }
}

/// What lies beyond the end of the run.
void add_course(const Course& course, Lines& lines) {
  for (const double epoch : course.milestones_after_end()) {
    lines.push_back(
        fmt::format("the run ends before its milestone at epoch {}: the learning rate "
                    "does not change there",
                    epoch));
  }
  for (const auto& phase : course.phases()) {
    if (phase.begin < course.length()) continue;
    lines.push_back(fmt::format(
        "the run of {} iterations ends before its phase '{}' begins, after iteration {}",
        course.length(), phase.name, phase.begin));
  }
}

}  // namespace

std::vector<std::string> unused_settings(const assembly::Assembly& assembly, const Course& course) {
  Lines lines;
  add_keys(assembly.experiment, lines);
  add_batches(assembly, lines);
  add_course(course, lines);
  return lines;
}

void warn_of_unused_settings(const assembly::Assembly& assembly, const Course& course) {
  for (const auto& line : unused_settings(assembly, course)) spdlog::warn(line);
}

}  // namespace host::training
