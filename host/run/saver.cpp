#include "host/run/saver.h"

#include <string>
#include <utility>

#include "host/assembly/weights_file.h"
#include "host/plugin/crash.h"
#include "host/storage/checkpoint.h"

namespace host::run {

namespace {

void write(const storage::TensorFile& content, const storage::RunDirectory& run, int64_t keep,
           int64_t iteration, bool best) {
  // last.ckpt comes last: a run resumed from an older one recomputes the best checkpoint.
  if (best) {
    storage::write_checkpoint(run.best_checkpoint(), content);
    storage::write_safetensors(run.weights(), assembly::weights_in(content));
  }
  run.checkpoints().write(content, keep);
  plugin::note_saved("everything up to iteration " + std::to_string(iteration) + " is saved in " +
                     run.path().string() + ", --resume continues there");
}

}  // namespace

void Saver::finish() {
  if (writing_.valid()) writing_.get();
}

void Saver::save(storage::TensorFile content, int64_t iteration, bool best) {
  finish();
  writing_ = std::async(std::launch::async,
                        [content = std::move(content), &run = run_, keep = keep_, iteration, best] {
                          write(content, run, keep, iteration, best);
                        });
}

}  // namespace host::run
