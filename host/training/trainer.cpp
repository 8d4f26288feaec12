#include "host/training/trainer.h"

#include <spdlog/spdlog.h>

#include <chrono>
#include <cmath>
#include <filesystem>
#include <string>
#include <utility>

#include "host/base/errors.h"
#include "host/experiment/document.h"
#include "host/run/protocol.h"
#include "host/run/record.h"
#include "host/run/saver.h"
#include "host/run/weights.h"
#include "host/storage/checkpoint.h"
#include "host/terminal/progress_bar.h"
#include "host/terminal/signals.h"
#include "host/training/checkpointing.h"
#include "host/training/extension.h"
#include "host/training/nonfinite.h"
#include "host/training/results.h"
#include "host/training/selection.h"
#include "host/training/step.h"

namespace host::training {

namespace {

/// The best checkpoint is written before the last one. If the last one was never written or is
/// lost, the best one may be newer than the point the run resumes from; its metric, and its
/// weights, which are written between the two, are then kept.
void adopt_best(const storage::RunDirectory& run, TrainingState& state) {
  if (!std::filesystem::exists(run.best_checkpoint())) return;
  try {
    const auto content = storage::read_checkpoint(run.best_checkpoint());
    const Best best = unpack_best(content, run.best_checkpoint().string());
    if (best.iteration <= state.iteration) return;
    state.best = best;
    storage::write_safetensors(run.weights(), run::weights_in(content));
  } catch (const DamagedFileError& error) {
    spdlog::warn("{}", error.what());
  }
}

void resume(const storage::RunDirectory& run, const assembly::Assembly& assembly,
            int64_t iterations_per_epoch, Step& step, TrainingState& state) {
  const auto found = run.checkpoints().take_newest();
  if (!found) return;
  const std::string source = found->file.string();
  unpack(found->content, source, assembly, step.optimizer(), state);
  change_length(run,
                {state.iteration, iterations_per_epoch,
                 experiment::parse_document(found->content.metadata.at("experiment"), source)},
                assembly, source);
  adopt_best(run, state);
  spdlog::info("resuming after iteration {}", state.iteration);
}

void load_best(const storage::RunDirectory& run, const assembly::Assembly& assembly) {
  const auto file = run.best_checkpoint();
  try {
    unpack_network(storage::read_checkpoint(file), file.string(), assembly);
  } catch (const DamagedFileError& error) {
    spdlog::warn("{}; its weights are taken from {}", error.what(), run.weights().string());
    assembly.network->load_state(storage::read_safetensors(run.weights()).tensors,
                                 run.weights().string());
  }
}

/// All metrics of a validation; nullopt if a stop signal arrived.
std::optional<evaluation::Figures> validate(const assembly::Assembly& assembly,
                                            const Selection& selection,
                                            const std::vector<sla::Prediction>& predictions) {
  evaluation::Figures figures;
  for (const sla::Split split : selection.splits()) {
    const auto evaluation = evaluation::evaluate(assembly, split, predictions);
    if (!evaluation) return std::nullopt;
    figures.merge(evaluation::prefixed(evaluation::split_name(split), evaluation->figures));
  }
  return figures;
}

/// Saves the batch of an iteration for replay.
void save_batch(const storage::RunDirectory& run, const sla::Batch& batch, int64_t iteration) {
  storage::TensorFile content{{{"images", batch.images}, {"labels", batch.labels}},
                              {{"iteration", std::to_string(iteration)}}};
  for (const auto& [name, tensor] : batch.annotations)
    content.tensors["annotation." + name] = tensor;
  if (batch.mixed) {
    content.tensors["mixed.labels"] = batch.mixed->labels;
    content.tensors["mixed.share"] = batch.mixed->share;
  }
  try {
    storage::write_safetensors(run.nonfinite_batch(), content);
    spdlog::error("batch of iteration {} saved to {}", iteration, run.nonfinite_batch().string());
  } catch (const StorageError& error) {
    spdlog::error("cannot save the batch of iteration {}: {}", iteration, error.what());
  }
}

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
  const auto start = std::chrono::steady_clock::now();
  run.create();
  // --- Setup and resuming
  const auto& options = assembly.experiment.training;
  const auto predictions = evaluation::chosen_predictions(assembly);
  const Selection selection(assembly, predictions);
  auto departures = run::check_protocol(assembly, selection.metric());
  if (const int64_t at = options.extended_at; at > 0) {
    departures.push_back(fmt::format("the run was extended at a length of {}", at));
  }
  const auto sampler = assembly.training_sampler();
  Step step(assembly, sampler->batches_per_pass());
  TrainingState state;
  resume(run, assembly, sampler->batches_per_pass(), step, state);

  const int64_t first = state.iteration;
  const int64_t total = step.course().length();
  const int64_t validate_every = options.validate_every_iterations > 0
                                     ? options.validate_every_iterations
                                     : options.validate_every_epochs * sampler->batches_per_pass();
  const int64_t save_every = assembly.experiment.checkpoints.every_iterations;
  run::Record record(run, state.metric_lines, state.iteration);
  run::Saver saver(run, assembly.experiment.checkpoints.keep);
  const auto save = [&](bool best = false) {
    saver.finish();
    saver.save(checkpoint_of(assembly, step.optimizer(), state, record.metrics()), state.iteration,
               best);
  };
  const auto validation_is_due = [&] {
    return state.validated < state.iteration &&
           (state.iteration % validate_every == 0 || state.iteration == total);
  };
  // A failure between two saves loses no earlier iterations, unless the disk itself is at fault:
  // then there is nowhere to save to.
  const auto rescuing = [&](auto&& work) {
    try {
      return work();
    } catch (const StorageError&) {
      throw;
    } catch (...) {
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
  std::string note;
  std::string validated;
  while (state.iteration < total || validation_is_due()) {
    // --- Signals
    const auto signal = terminal::stop_signal();
    if (signal || state.iteration >= stop_after.value_or(total + 1)) {
      save();
      saver.finish();
      return {.iteration = state.iteration, .signal = signal};
    }
    if (terminal::take_save_request()) {
      save();
      spdlog::info("iteration {}/{}  saved on a signal", state.iteration, total);
    }

    // --- Validation
    if (validation_is_due()) {
      const auto figures = rescuing([&] { return validate(assembly, selection, predictions); });
      if (!figures) continue;
      if (!figures->empty()) record.write(state.iteration, *figures);
      const double figure = selection.figure(*figures);
      const bool is_best = selection.better(figure, state.best);
      if (is_best) state.best = {state.iteration, figure};
      state.validated = state.iteration;
      if (std::isfinite(figure)) validated = "  " + selection.short_text(figure);
      spdlog::info("iteration {}/{}  {}{}", state.iteration, total, selection.text(figure),
                   is_best ? "  (best so far)" : "");
      save(is_best);
      throughput.restart_window();
      continue;
    }

    // --- One iteration
    announce_phase(step.course().phases(), state.iteration);
    const sla::Batch batch = rescuing([&] { return loader->next(); });
    throughput.add(batch.labels.numel());
    rescuing([&] {
      try {
        const auto [loss, total] = step(state.iteration, batch);
        state.window.add(loss, total);
      } catch (const NonFiniteError& error) {
        if (options.nonfinite_loss != experiment::NonFinite::skip) {
          save_batch(run, batch, state.iteration);
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
      evaluation::Figures figures = state.window.take();
      figures["learning_rate"] = step.course().learning_rate(state.iteration - 1);
      figures["images_per_second"] = throughput.images_per_second();
      if (state.skipped > 0) figures["skipped_iterations"] = static_cast<double>(state.skipped);
      note = fmt::format("loss {:.4f}", figures.at("loss"));
      spdlog::info("iteration {}/{}  {}  lr {:.4g}  {:.0f} images/s", state.iteration, total, note,
                   figures.at("learning_rate"), figures.at("images_per_second"));
      record.write(state.iteration, evaluation::prefixed("train", figures));
      // On a device that is never waited for, this is the earliest it can be noticed.
      if (!std::isfinite(figures.at("loss")) &&
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

  // --- The best checkpoint on the test split
  load_best(run, assembly);
  std::optional<evaluation::Evaluation> test;
  std::optional<evaluation::Analysis> analysis;
  while (!(test = evaluation::evaluate(assembly, sla::Split::test, predictions,
                                       &analysis.emplace(assembly, predictions)))) {
    const auto signal = terminal::stop_signal();
    if (signal) return {.iteration = total, .signal = signal};
    terminal::take_save_request();  // everything is saved already
  }
  record.write(total, evaluation::prefixed("best.test", test->figures));
  record.metrics().sync();
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  save_results(run, assembly, {state, selection.metric(), seconds.count(), departures, *test});
  return {.iteration = total,
          .finished = true,
          .test = std::move(*test),
          .analysis = std::move(analysis),
          .departures = departures};
}

double try_one_step(const assembly::Assembly& assembly) {
  const Selection selection(assembly, evaluation::chosen_predictions(assembly));
  run::check_protocol(assembly, selection.metric());
  const auto sampler = assembly.training_sampler();
  Step step(assembly, sampler->batches_per_pass());
  assembly.network->train();
  // Two iterations, because RegistrationCheck compares the first two.
  const auto loader = assembly.training_loader(sampler, 0, 2);
  const auto loss = step(0, loader->next()).total.item<double>();
  if (!std::isfinite(loss)) throw ExperimentError("the loss of the first step is not finite");
  step(1, loader->next());
  return loss;
}

}  // namespace host::training
