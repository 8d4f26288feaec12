#include "host/training/trainer.h"

#include <ATen/Parallel.h>
#include <spdlog/spdlog.h>

#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "host/base/errors.h"
#include "host/run/protocol.h"
#include "host/run/record.h"
#include "host/run/saver.h"
#include "host/terminal/progress_bar.h"
#include "host/terminal/signals.h"
#include "host/training/agreement.h"
#include "host/training/checkpointing.h"
#include "host/training/contention.h"
#include "host/training/nonfinite.h"
#include "host/training/results.h"
#include "host/training/resuming.h"
#include "host/training/selection.h"
#include "host/training/step.h"
#include "host/training/unused_settings.h"
#include "host/training/validation.h"

namespace host::training {

namespace {

/// Saves the progress made before the exception being handled.
template <typename Save>
void rescue(Save&& save, const TrainingState& state) {
  try {
    save();
    spdlog::error("stopped; everything up to iteration {} is saved, --resume continues there",
                  state.iteration);
  } catch (const std::exception& error) {
    spdlog::error("stopped; {}; --resume continues from the last checkpoint", message_of(error));
  }
}

/// Logs when a phase begins, if there are several.
void announce_phase(const std::vector<sla::Phase>& phases, int64_t iteration) {
  if (phases.size() == 1) return;
  for (const auto& phase : phases) {
    if (phase.begin == iteration)
      spdlog::info("iteration {}  phase '{}' begins", iteration, phase.name);
  }
}

}  // namespace

Outcome train(const assembly::Assembly& assembly, const storage::RunDirectory& run,
              std::optional<int64_t> stop_after) {
  // --- Setup and resuming
  const auto& options = assembly.experiment.training;
  const auto& group = *assembly.group;
  require_same_experiment(assembly);
  assembly::require_synchronised_parts(assembly);
  if (group.is_first()) run.create();
  const auto predictions = evaluation::chosen_predictions(assembly);
  const Selection selection(assembly, predictions);
  const Validation validate(assembly, selection, predictions);
  auto departures = run::check_protocol(assembly, selection.metric());
  if (const int64_t at = options.extended_at; at > 0) {
    departures.push_back(fmt::format("the run was extended at a length of {}", at));
  }
  const auto sampler = assembly.training_sampler();
  Step step(assembly, sampler->batches_per_pass());
  if (group.is_first()) warn_of_unused_settings(assembly, step.course());
  TrainingState state;
  if (group.is_first()) resume(run, assembly, sampler->batches_per_pass(), step, state);
  share_state(assembly, step, state);

  const int64_t first = state.iteration;
  const int64_t total = step.course().length();
  const int64_t validate_every = validation_interval(options, sampler->batches_per_pass());
  const int64_t save_every = assembly.experiment.checkpoints.every_iterations;
  // The first process writes.
  std::optional<run::Record> record;
  if (group.is_first()) record.emplace(run, state.metric_lines, state.iteration);
  const auto write = [&](const evaluation::Metrics& metrics) {
    if (record) record->write(state.iteration, metrics);
  };
  run::Saver saver(run, assembly.experiment.checkpoints.keep);
  const auto save = [&](bool best = false) {
    saver.finish();
    if (!record) return;
    saver.save(checkpoint_of(assembly, step, state, record->metrics()), state.iteration, best);
  };
  const auto validation_is_due = [&] {
    return state.validated < state.iteration &&
           (state.iteration % validate_every == 0 || state.iteration == total);
  };
  const auto gives_up = [&] {
    return options.early_stopping > 0 && state.best.iteration >= 0 &&
           state.validated - state.best.iteration >= options.early_stopping * validate_every;
  };
  // A failure between two saves loses no earlier iterations, unless the disk itself is at fault:
  // then there is nowhere to save to.
  const auto rescuing = [&](auto&& work) {
    try {
      return work();
    } catch (const StorageError&) {
      throw;
    } catch (...) {
      if (!group.is_first()) throw;
      rescue(
          [&] {
            save();
            saver.finish();
          },
          state);
      throw;
    }
  };

  // --- Training
  assembly.network->train();
  auto loader = assembly.training_loader(sampler, first, total);
  terminal::ProgressBar progress("train", first, total);
  run::Throughput throughput;
  TimeSpent& times = step.times();
  times.restart();
  Contention contention(assembly.device.is_cpu() ? at::get_num_threads() : 1);
  std::string note;
  std::string validated;
  while ((state.iteration < total && !gives_up()) || validation_is_due()) {
    // --- Signals
    const Wishes wishes = rescuing([&] { return agreed_wishes(group); });
    if (wishes.stop || state.iteration >= stop_after.value_or(total + 1)) {
      save();
      saver.finish();
      return {.iteration = state.iteration, .signal = wishes.stop};
    }
    if (wishes.save) {
      save();
      spdlog::info("iteration {}/{}  saved on a signal", state.iteration, total);
    }
    times.add(Activity::saving);

    // --- Validation
    if (validation_is_due()) {
      auto metrics = rescuing([&] {
        const WeightAverage::Evaluated averaged(step.average());
        return validate();
      });
      if (!metrics) continue;
      times.add(Activity::validation);
      if (!metrics->empty()) {
        metrics->merge(evaluation::prefixed("train", times.take()));
        write(*metrics);
      }
      const double value = selection.value(*metrics);
      const bool is_best = selection.better(value, state.best);
      if (is_best) state.best = {state.iteration, value};
      state.validated = state.iteration;
      if (std::isfinite(value)) validated = "  " + selection.short_text(value);
      spdlog::info("iteration {}/{}  {}{}", state.iteration, total, selection.text(value),
                   is_best ? "  (best so far)" : "");
      save(is_best);
      throughput.restart_window();
      continue;
    }

    // --- One iteration
    announce_phase(step.course().phases(), state.iteration);
    const data::Parts parts = rescuing([&] { return loader->next_parts(); });
    throughput.add(parts.images);
    times.add(Activity::data);
    rescuing([&] {
      try {
        const auto [loss, sum] = step(state.iteration, parts);
        state.window.add(loss, sum);
      } catch (const NonFiniteError& error) {
        if (options.nonfinite_loss != experiment::NonFinite::skip) {
          if (group.is_first()) save_batch(run, parts, state.iteration);
          throw;
        }
        spdlog::warn("{}; skipped", error.finding());
        ++state.skipped;
      }
    });
    ++state.iteration;
    progress.update(state.iteration - first, throughput.total(), note + validated);

    // --- Log
    if (state.iteration % options.log_every_iterations == 0 || validation_is_due()) {
      evaluation::Metrics metrics = state.window.take();
      times.add(Activity::update);  // taking the means waited for the device
      metrics.merge(times.take());
      metrics["learning_rate"] = step.course().learning_rate(state.iteration - 1);
      metrics["images_per_second"] = throughput.images_per_second();
      if (state.skipped > 0) metrics["skipped_iterations"] = static_cast<double>(state.skipped);
      note = fmt::format("loss {:.4f}", metrics.at("loss"));
      spdlog::info("iteration {}/{}  {}  lr {:.4g}  {:.0f} images/s", state.iteration, total, note,
                   metrics.at("learning_rate"), metrics.at("images_per_second"));
      write(evaluation::prefixed("train", metrics));
      if (const auto finding = contention.finding()) spdlog::warn(*finding);
      // On a device that is never waited for, this is the earliest it can be noticed.
      if (!std::isfinite(metrics.at("loss")) &&
          options.nonfinite_loss != experiment::NonFinite::skip) {
        throw NonFiniteError("or shortly before, the loss", state.iteration - 1,
                             std::string(NonFiniteError::kAdvice) +
                                 ", or continue with training.nonfinite_loss = \"check\" to stop "
                                 "right before it");
      }
      throughput.restart_window();
    }
    if (save_every > 0 && state.iteration % save_every == 0 && !validation_is_due()) {
      save();
    }
  }
  saver.finish();
  if (state.iteration < total) {
    spdlog::info("iteration {}/{}  stopping early: no better validation since iteration {}",
                 state.iteration, total, state.best.iteration);
  }

  // --- The best checkpoint on the test split
  Outcome outcome{.iteration = state.iteration, .finished = true, .departures = departures};
  group.once([&] {
    load_best(run, assembly);
    std::optional<evaluation::Evaluation> test;
    while (!(test = evaluation::evaluate(assembly, sla::Split::test, predictions,
                                         &outcome.analysis.emplace(assembly, predictions)))) {
      outcome.signal = terminal::stop_signal();
      if (outcome.signal) return;
      terminal::take_save_request();  // everything is saved already
    }
    outcome.test = std::move(*test);
    write(evaluation::prefixed("best.test", outcome.test.metrics));
    record->metrics().sync();
    save_results(run, assembly, {state, selection.metric(), departures, outcome.test});
  });
  const auto signal = group.maximum({outcome.signal.value_or(0)}).front();
  if (signal != 0) return {.iteration = state.iteration, .signal = static_cast<int>(signal)};
  return outcome;
}

}  // namespace host::training
