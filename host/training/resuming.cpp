#include "host/training/resuming.h"

#include <spdlog/spdlog.h>

#include <filesystem>

#include "host/assembly/weights_file.h"
#include "host/base/errors.h"
#include "host/experiment/document.h"
#include "host/storage/checkpoint.h"
#include "host/training/extension.h"

namespace host::training {

namespace {

/// The best checkpoint is written before the last one. If the last one was never written or is
/// lost, the best one may be newer than the point the run resumes from; its metric, and its
/// weights, which are written between the two, are then kept.
void adopt_best(const storage::RunDirectory& run, TrainingState& state) {
  if (!std::filesystem::exists(run.best_checkpoint())) return;
  try {
    const auto content = storage::read_checkpoint(run.best_checkpoint());
    const Best best = unpack_progress(content, run.best_checkpoint().string()).best;
    if (best.iteration <= state.iteration) return;
    state.best = best;
    storage::write_safetensors(run.weights(), assembly::weights_in(content));
  } catch (const DamagedFileError& error) {
    spdlog::warn("{}", error.what());
  }
}

}  // namespace

void resume(const storage::RunDirectory& run, const assembly::Assembly& assembly,
            int64_t iterations_per_epoch, Step& step, TrainingState& state) {
  const auto found = run.checkpoints().take_newest();
  if (!found) return;
  const std::string source = found->file.string();
  unpack(found->content, source, assembly, step, state);
  change_length(run,
                {state.iteration, state.validated, iterations_per_epoch,
                 experiment::parse_document(found->content.metadata.at("experiment"), source)},
                assembly, source);
  adopt_best(run, state);
  spdlog::info("resuming after iteration {}", state.iteration);
}

void set_aside_best(const storage::RunDirectory& run) {
  if (!std::filesystem::exists(run.best_checkpoint())) return;
  const auto aside = storage::unused_path(run.best_checkpoint().string() + ".earlier");
  std::filesystem::rename(run.best_checkpoint(), aside);
  std::filesystem::remove(run.weights());
  spdlog::warn(
      "the best checkpoint of an earlier attempt, whose other checkpoints are gone, is now {}",
      aside.string());
}

void load_best(const storage::RunDirectory& run, const assembly::Assembly& assembly) {
  const auto file = run.best_checkpoint();
  try {
    const auto weights = assembly::weights_in(storage::read_checkpoint(file));
    assembly.network->load_state(weights.tensors, file.string());
  } catch (const DamagedFileError& error) {
    spdlog::warn("{}; its weights are taken from {}", error.what(), run.weights().string());
    assembly.network->load_state(storage::read_safetensors(run.weights()).tensors,
                                 run.weights().string());
  }
}

}  // namespace host::training
