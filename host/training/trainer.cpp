#include "host/training/trainer.h"

#include <spdlog/spdlog.h>

#include <chrono>
#include <cmath>
#include <filesystem>
#include <string>
#include <utility>

#include "host/errors.h"
#include "host/storage/checkpoint.h"
#include "host/terminal/progress_bar.h"
#include "host/terminal/signals.h"
#include "host/training/checkpointing.h"
#include "host/training/nonfinite.h"
#include "host/training/protocol.h"
#include "host/training/record.h"
#include "host/training/results.h"
#include "host/training/saver.h"
#include "host/training/selection.h"
#include "host/training/step.h"

namespace host::training {

namespace {

/// The best checkpoint is written before the last one; where that was never written or is lost, the
/// best one may be from later than where the run continues. Its figure then goes with it, and its
/// weights, which are written between the two.
void adopt_best(const storage::RunDirectory& run, TrainingState& state) {
  if (!std::filesystem::exists(run.best_checkpoint())) return;
  try {
    const auto content = storage::read_checkpoint(run.best_checkpoint());
    const Best best = unpack_best(content, run.best_checkpoint().string());
    if (best.iteration <= state.iteration) return;
    state.best = best;
    storage::write_safetensors(run.weights(), network_part(content));
  } catch (const DamagedFileError& error) {
    spdlog::warn("{}", error.what());
  }
}

void resume(const storage::RunDirectory& run, const Assembly& assembly, Step& step,
            TrainingState& state) {
  const auto found = run.checkpoints().take_newest();
  if (!found) return;
  unpack(found->content, found->file.string(), assembly, step.optimizer(), state);
  adopt_best(run, state);
  spdlog::info("resuming after iteration {}", state.iteration);
}

void load_best(const storage::RunDirectory& run, const Assembly& assembly) {
  const auto file = run.best_checkpoint();
  try {
    unpack_network(storage::read_checkpoint(file), file.string(), assembly);
  } catch (const DamagedFileError& error) {
    spdlog::warn("{}; its weights are taken from {}", error.what(), run.weights().string());
    assembly.network->load_state(storage::read_safetensors(run.weights()).tensors,
                                 run.weights().string());
  }
}

/// All figures of a validation; nothing where a signal came in between.
std::optional<Figures> validate(const Assembly& assembly, const Selection& selection,
                                const std::vector<sla::Prediction>& predictions) {
  Figures figures;
  for (const sla::Split split : selection.splits()) {
    const auto evaluation = evaluate(assembly, split, predictions);
    if (!evaluation) return std::nullopt;
    figures.merge(prefixed(split_name(split), evaluation->figures));
  }
  return figures;
}

/// Keeps the batch of an iteration for replay.
void save_batch(const storage::RunDirectory& run, const sla::Batch& batch, int64_t iteration) {
  storage::TensorFile content{{{"images", batch.images}, {"labels", batch.labels}},
                              {{"iteration", std::to_string(iteration)}}};
  for (const auto& [name, tensor] : batch.annotations)
    content.tensors["annotation." + name] = tensor;
  for (const auto& [name, number] : batch.numbers) {
    content.metadata["number." + name] = std::to_string(number);
  }
  try {
    storage::write_safetensors(run.nonfinite_batch(), content);
    spdlog::error("the batch of iteration {} is in {}", iteration, run.nonfinite_batch().string());
  } catch (const StorageError& error) {
    spdlog::error("the batch of iteration {} is not kept: {}", iteration, error.what());
  }
}

/// Saves what came before the failure that is being handled.
void rescue(Saver& saver, TrainingState& state, Record& record) {
  try {
    saver.save(state, record.metrics());
    saver.finish();
    spdlog::error("stopped; everything up to iteration {} is saved, --resume continues there",
                  state.iteration);
  } catch (const std::exception& error) {
    spdlog::error("stopped; {}; --resume continues from the last checkpoint", message_of(error));
  }
}

}  // namespace

Outcome train(const Assembly& assembly, const storage::RunDirectory& run,
              std::optional<int64_t> stop_after) {
  const auto start = std::chrono::steady_clock::now();
  run.create();
  // --- What is trained, from where
  const auto predictions = chosen_predictions(assembly);
  const Selection selection(assembly, predictions);
  const auto departures = check_protocol(assembly, selection);
  const auto sampler = assembly.training_sampler();
  Step step(assembly, sampler->batches_per_pass());
  TrainingState state;
  resume(run, assembly, step, state);

  const int64_t first = state.iteration;
  const int64_t total = step.total_iterations();
  const auto& options = assembly.experiment.training;
  const int64_t validate_every = options.validate_every_iterations > 0
                                     ? options.validate_every_iterations
                                     : options.validate_every_epochs * sampler->batches_per_pass();
  const int64_t save_every = assembly.experiment.checkpoints.every_iterations;
  Record record(run, state);
  Saver saver(assembly, step.optimizer(), run);
  const auto validation_is_due = [&] {
    return state.validated < state.iteration &&
           (state.iteration % validate_every == 0 || state.iteration == total);
  };
  // What fails between two saves costs nothing that came before it. Where the disk is at fault
  // there is nowhere to save to.
  const auto rescuing = [&](auto&& work) {
    try {
      return work();
    } catch (const StorageError&) {
      throw;
    } catch (...) {
      rescue(saver, state, record);
      throw;
    }
  };

  // --- Training
  assembly.network->train();
  auto loader = assembly.training_loader(sampler, first, total);
  terminal::ProgressBar progress("train", first, total);
  Throughput throughput;
  std::string note;
  std::string validated;
  while (state.iteration < total || validation_is_due()) {
    // --- Signals
    const auto signal = terminal::stop_signal();
    if (signal || state.iteration >= stop_after.value_or(total + 1)) {
      saver.save(state, record.metrics());
      saver.finish();
      return {.iteration = state.iteration, .signal = signal};
    }
    if (terminal::take_save_request()) {
      saver.save(state, record.metrics());
      spdlog::info("iteration {}/{}  saved, as a signal asked", state.iteration, total);
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
      saver.save(state, record.metrics(), is_best);
      throughput.restart_window();
      continue;
    }

    // --- One iteration
    const sla::Batch batch = rescuing([&] { return loader->next(); });
    throughput.add(batch.labels.numel());
    rescuing([&] {
      try {
        state.window.add(step(state.iteration, batch));
      } catch (const NonFiniteError& error) {
        if (options.nonfinite_loss != "skip") {
          save_batch(run, batch, state.iteration);
          throw;
        }
        spdlog::warn("{}; left out", error.finding());
        ++state.skipped;
      }
    });
    ++state.iteration;
    progress.update(state.iteration - first, throughput.total(), note + validated);

    // --- Log
    if (state.iteration % options.log_every_iterations == 0 || validation_is_due()) {
      Figures figures = state.window.take();
      figures["learning_rate"] = step.learning_rate(state.iteration - 1);
      figures["images_per_second"] = throughput.images_per_second();
      if (state.skipped > 0) figures["skipped_iterations"] = static_cast<double>(state.skipped);
      note = fmt::format("loss {:.4f}", figures.at("loss"));
      spdlog::info("iteration {}/{}  {}  lr {:.4g}  {:.0f} images/s", state.iteration, total, note,
                   figures.at("learning_rate"), figures.at("images_per_second"));
      record.write(state.iteration, prefixed("train", figures));
      // On a device that is never waited for, this is the first that is heard of it.
      if (!std::isfinite(figures.at("loss")) && options.nonfinite_loss != "skip") {
        throw NonFiniteError("or shortly before, the loss", state.iteration - 1,
                             std::string(NonFiniteError::kAdvice) +
                                 ", or continue with training.nonfinite_loss = \"check\" to stop "
                                 "right before it");
      }
      throughput.restart_window();
    }
    if (save_every > 0 && state.iteration % save_every == 0 && !validation_is_due()) {
      saver.save(state, record.metrics());
    }
  }
  saver.finish();

  // --- The best checkpoint on the test split
  load_best(run, assembly);
  std::optional<Evaluation> test;
  std::optional<Analysis> analysis;
  while (!(test = evaluate(assembly, sla::Split::test, predictions,
                           &analysis.emplace(assembly, predictions)))) {
    const auto signal = terminal::stop_signal();
    if (signal) return {.iteration = total, .signal = signal};
    terminal::take_save_request();  // all is saved already
  }
  record.write(total, prefixed("best.test", test->figures));
  record.metrics().sync();
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  save_results(run, assembly, {state, selection.metric(), seconds.count(), departures, *test});
  return {.iteration = total,
          .finished = true,
          .test = std::move(*test),
          .analysis = std::move(analysis),
          .departures = departures};
}

double try_one_step(const Assembly& assembly) {
  const Selection selection(assembly, chosen_predictions(assembly));
  check_protocol(assembly, selection);
  const auto sampler = assembly.training_sampler();
  Step step(assembly, sampler->batches_per_pass());
  assembly.network->train();
  const auto loader = assembly.training_loader(sampler, 0, 1);
  const auto loss = step(0, loader->next()).total.item<double>();
  if (!std::isfinite(loss)) throw ExperimentError("the loss of the first step is not finite");
  return loss;
}

}  // namespace host::training
