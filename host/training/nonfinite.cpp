#include "host/training/nonfinite.h"

#include <spdlog/spdlog.h>

#include <string>

#include "host/base/errors.h"
#include "host/storage/safetensors.h"

namespace host::training {

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

}  // namespace host::training
