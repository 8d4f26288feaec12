#include "host/training/saver.h"

#include <string>

#include "host/training/nonfinite.h"

namespace host::training {

namespace {

void write(const storage::TensorFile& content, const storage::RunDirectory& run, int64_t keep,
           bool best) {
  // The last one last: a run that continues from an older one makes the best anew.
  if (best) {
    storage::write_checkpoint(run.best_checkpoint(), content);
    storage::write_safetensors(run.weights(), network_part(content));
  }
  run.checkpoints().write(content, keep);
}

}  // namespace

void Saver::finish() {
  if (writing_.valid()) writing_.get();
}

void Saver::save(TrainingState& state, storage::MetricsFile& metrics, bool best) {
  finish();
  // The checkpoints before are better than one that nothing can come of.
  const std::string weight = optimizer_.nonfinite_parameter();
  if (!weight.empty()) {
    throw NonFiniteError("the weight " + weight, state.iteration,
                         NonFiniteError::kAdvice + std::string("; it is not saved"));
  }
  metrics.sync();
  state.metric_lines = metrics.lines();
  const int64_t keep = assembly_.experiment.checkpoints.keep;
  writing_ =
      std::async(std::launch::async, [content = pack(assembly_, optimizer_, state), &run = run_,
                                      keep, best] { write(content, run, keep, best); });
}

}  // namespace host::training
