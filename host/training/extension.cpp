#include "host/training/extension.h"

#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "host/base/errors.h"
#include "host/experiment/document.h"
#include "host/storage/atomic_file.h"
#include "host/training/checkpointing.h"
#include "host/training/course.h"

namespace host::training {

namespace {

/// The first completed iteration that would have been another one.
std::optional<int64_t> first_difference(const Course& then, const Course& now, int64_t iteration) {
  for (int64_t i = 0; i < iteration; ++i) {
    if (then.learning_rate(i) != now.learning_rate(i) || then.phase(i).name != now.phase(i).name)
      return i;
  }
  return std::nullopt;
}

/// Whether a run's last validation, which its end made due, would have no place in a longer run. It
/// may have chosen the best checkpoint.
bool ended_between_validations(const experiment::TrainingOptions& then, int64_t length,
                               int64_t per_epoch, int64_t validated) {
  return validated == length && length % validation_interval(then, per_epoch) != 0;
}

/// The iteration of a run's last validation.
int64_t last_validation(const storage::RunDirectory& run) {
  const auto newest = run.checkpoints().take_newest();
  return newest ? unpack_progress(newest->content, newest->file.string()).validated : 0;
}

/// Renames the results of the shorter run, which the longer one will replace.
void keep_results(const storage::RunDirectory& run, int64_t length) {
  std::error_code absent;
  const std::string kept = fmt::format("results-{}.json", length);
  std::filesystem::rename(run.results(), run.path() / kept, absent);
  if (!absent) spdlog::info("the results after iteration {} are kept in {}", length, kept);
}

}  // namespace

void note_extension(const storage::RunDirectory& run, assembly::Assembly& assembly) {
  auto& experiment = assembly.experiment;
  const auto& objective = assembly.network->objective();
  const int64_t per_epoch = assembly.training_sampler()->batches_per_pass();
  const auto stored =
      experiment::interpret(experiment::read_single_file(run.experiment()), experiment.name);
  const Course then(stored, objective, per_epoch);
  const Course now(experiment, objective, per_epoch);
  if (!first_difference(then, now, std::min(then.length(), now.length())) &&
      !ended_between_validations(stored.training, then.length(), per_epoch, last_validation(run))) {
    return;
  }
  const bool in_epochs = stored.training.total_epochs > 0;
  experiment.training.extended_at =
      in_epochs ? stored.training.total_epochs : stored.training.total_iterations;
  auto& training = std::get<experiment::Table>(experiment.document.at("training").held);
  training.insert_or_assign("extended_at", experiment::Value{experiment.training.extended_at, {}});
}

void change_length(const storage::RunDirectory& run, const Standing& standing,
                   const assembly::Assembly& assembly, const std::string& source) {
  const auto& [iteration, validated, per_epoch, document] = standing;
  const auto& objective = assembly.network->objective();
  const auto stored = experiment::interpret(document, assembly.experiment.name);
  const Course then(stored, objective, per_epoch);
  const Course now(assembly.experiment, objective, per_epoch);
  if (then.length() == now.length()) return;
  if (now.length() < iteration) {
    throw StorageError(
        fmt::format("{}: the run has done {} iterations already; its new length of "
                    "{} must not be below that",
                    source, iteration, now.length()));
  }
  std::string finding;
  if (const auto differs = first_difference(then, now, iteration)) {
    finding = fmt::format(
        "its learning rates or phases depend on its length: iteration {} ran at {:.4g} ({}), in a "
        "run of {} iterations it would have run at {:.4g} ({})",
        *differs + 1, then.learning_rate(*differs), then.phase(*differs).name, now.length(),
        now.learning_rate(*differs), now.phase(*differs).name);
  } else if (ended_between_validations(stored.training, then.length(), per_epoch, validated)) {
    finding =
        fmt::format("it was validated at its end, after iteration {}, where a longer run is not",
                    then.length());
  }
  if (!finding.empty()) {
    if (assembly.experiment.training.extended_at == 0) {
      throw StorageError(source + ": the run cannot become one of another length, because " +
                         finding + "; accept that with --extend, or start a new run");
    }
    spdlog::warn(
        "extended, although {}; from here on it runs as the end of the longer run, at "
        "{:.4g}. An uninterrupted run of that length would give other results",
        finding, now.learning_rate(iteration));
  }
  spdlog::info("the run's length changes from {} to {} iterations", then.length(), now.length());
  storage::write_atomically(run.experiment(), experiment::to_toml(assembly.experiment.document));
  keep_results(run, then.length());
}

}  // namespace host::training
