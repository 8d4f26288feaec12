#include "host/training/trainer.h"

#include <spdlog/spdlog.h>

#include <chrono>
#include <cmath>
#include <utility>

#include <nlohmann/json.hpp>

#include "host/errors.h"
#include "host/storage/atomic_file.h"
#include "host/storage/checkpoint.h"
#include "host/storage/metrics_file.h"
#include "host/storage/tensorboard_file.h"
#include "host/terminal/interrupt.h"
#include "host/terminal/progress_bar.h"
#include "host/training/checkpointing.h"
#include "host/training/selection.h"
#include "host/training/step.h"

namespace host::training {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Metrics go to two places at once.
class Record {
 public:
  Record(const storage::RunDirectory& run, int64_t iteration)
      : metrics_(run.metrics(), iteration), tensorboard_(run.path(), iteration) {}

  void write(int64_t iteration, const Figures& figures) {
    metrics_.append(iteration, figures);
    tensorboard_.append(iteration, figures);
  }

 private:
  storage::MetricsFile metrics_;
  storage::TensorBoardFile tensorboard_;
};

void check_loss(const Figures& figures, int64_t iteration) {
  const double loss = figures.at("loss");
  if (std::isfinite(loss)) return;
  throw ExperimentError("the training loss is " + std::to_string(loss) + " at iteration " +
                        std::to_string(iteration) +
                        "; lower optimizer.learning_rate or warm it up (schedule.warmup_epochs). "
                        "The last checkpoint is from before");
}

void resume(const storage::RunDirectory& run, const Assembly& assembly, Step& step,
            TrainingState& state) {
  if (!std::filesystem::exists(run.last_checkpoint())) return;
  unpack(storage::read_checkpoint(run.last_checkpoint()), run.last_checkpoint().string(), assembly,
         step.optimizer(), state);
  spdlog::info("resuming after iteration {}", state.iteration);
}

void save_results(const storage::RunDirectory& run, const Assembly& assembly,
                  const TrainingState& state, const std::string& select, double seconds,
                  const Evaluation& test) {
  nlohmann::json results = {{"experiment", assembly.experiment.name},
                            {"seed", assembly.experiment.seed},
                            {"iterations", state.iteration},
                            {"best_iteration", state.best.iteration},
                            {"select", select},
                            {"best_figure", state.best.figure},
                            {"seconds", seconds},
                            {"figures", prefixed("test", test.figures)}};
  // Per class, for each prediction: percent right, and how many of row's images went to column.
  for (const auto& [prediction, confusion] : test.confusion) {
    results["class_accuracy"][prediction] = class_accuracies(confusion);
    for (int64_t row = 0; row < confusion.size(0); ++row) {
      const auto* counts = confusion[row].data_ptr<int64_t>();
      results["confusion"][prediction].push_back(
          std::vector<int64_t>(counts, counts + confusion.size(1)));
    }
  }
  if (!test.confusion.empty()) {
    results["class_names"] = assembly.dataset.call(
        "class_names", [](const sla::Dataset& dataset) { return dataset.class_names(); });
  }
  storage::write_atomically(run.results(), results.dump(2) + "\n");
}

}  // namespace

Outcome train(const Assembly& assembly, const storage::RunDirectory& run) {
  const auto start = Clock::now();
  // --- What is trained, from where
  const auto predictions = chosen_predictions(assembly);
  const Selection selection(assembly, predictions);
  const auto sampler = assembly.training_sampler();
  Step step(assembly, sampler->batches_per_pass());
  TrainingState state;
  resume(run, assembly, step, state);

  const int64_t total = step.total_iterations();
  const auto& options = assembly.experiment.training;
  const int64_t validate_every = options.validate_every_iterations > 0
                                     ? options.validate_every_iterations
                                     : options.validate_every_epochs * sampler->batches_per_pass();
  Record record(run, state.iteration);
  const auto save = [&](const std::filesystem::path& file) {
    storage::write_checkpoint(file, pack(assembly, step.optimizer(), state));
  };

  // --- Training
  assembly.network->train();
  auto loader = assembly.training_loader(sampler, state.iteration, total);
  terminal::ProgressBar progress("train", state.iteration, total);
  auto window_start = Clock::now();
  int64_t window_images = 0;
  int64_t session_images = 0;
  const int64_t session_start = state.iteration;
  std::string note;

  while (state.iteration < total) {
    sla::Batch batch = loader->next();
    window_images += batch.labels.numel();
    session_images += batch.labels.numel();
    state.window.add(step(state.iteration, std::move(batch)));
    const int64_t done = ++state.iteration;
    progress.update(done - session_start, session_images, note);

    // --- Log
    const bool validating = done % validate_every == 0 || done == total;
    if (done % options.log_every_iterations == 0 || validating) {
      Figures figures = state.window.take();
      figures["learning_rate"] = step.learning_rate(done - 1);
      figures["images_per_second"] =
          static_cast<double>(window_images) / seconds_since(window_start);
      note = fmt::format("loss {:.4f}", figures.at("loss"));
      spdlog::info("iteration {}/{}  loss {:.4f}  lr {:.4g}  {:.0f} images/s", done, total,
                   figures.at("loss"), figures.at("learning_rate"),
                   figures.at("images_per_second"));
      record.write(done, prefixed("train", figures));
      check_loss(figures, done);
      window_start = Clock::now();
      window_images = 0;
    }

    // --- Validation and checkpoints
    if (validating) {
      Figures figures;
      for (const sla::Split split : selection.splits()) {
        figures.merge(prefixed(split_name(split), evaluate(assembly, split, predictions).figures));
      }
      if (!figures.empty()) record.write(done, figures);
      const double figure = selection.figure(figures);
      const bool is_best = selection.better(figure, state.best);
      if (is_best) state.best = {done, figure};
      spdlog::info("iteration {}/{}  {}{}", done, total, selection.text(figure),
                   is_best ? "  (best so far)" : "");
      if (is_best) {
        save(run.best_checkpoint());
        storage::write_safetensors(
            run.weights(), {assembly.network->state(),
                            {{"experiment", experiment::to_toml(assembly.experiment.document)}}});
      }
      save(run.last_checkpoint());
      window_start = Clock::now();
    }
    if (const auto signal = terminal::pending_interrupt()) {
      save(run.last_checkpoint());
      return {.interrupted = signal};
    }
  }

  // --- The best checkpoint on the test split
  unpack_network(storage::read_checkpoint(run.best_checkpoint()), run.best_checkpoint().string(),
                 assembly);
  const Evaluation test = evaluate(assembly, sla::Split::test, predictions);
  record.write(total, prefixed("best.test", test.figures));
  save_results(run, assembly, state, selection.metric(), seconds_since(start), test);
  return {.test = test.figures};
}

double try_one_step(const Assembly& assembly) {
  const Selection selection(assembly, chosen_predictions(assembly));
  const auto sampler = assembly.training_sampler();
  Step step(assembly, sampler->batches_per_pass());
  assembly.network->train();
  const auto loader = assembly.training_loader(sampler, 0, 1);
  const auto loss = step(0, loader->next()).total.item<double>();
  if (!std::isfinite(loss)) throw ExperimentError("the loss of the first step is not finite");
  return loss;
}

}  // namespace host::training
