#include "host/training/nonfinite.h"

#include <spdlog/spdlog.h>

#include <string>

#include "host/base/errors.h"
#include "host/storage/safetensors.h"

namespace host::training {

void save_batch(const storage::RunDirectory& run, const data::Parts& parts, int64_t iteration) {
  storage::TensorFile content{{}, {{"iteration", std::to_string(iteration)}}};
  for (const auto& [number, batch] : parts.own) {
    const std::string prefix =
        batch.labels.numel() == parts.images ? "" : "part" + std::to_string(number) + ".";
    content.tensors[prefix + "images"] = batch.images;
    content.tensors[prefix + "labels"] = batch.labels;
    for (const auto& [name, tensor] : batch.annotations)
      content.tensors[prefix + "annotation." + name] = tensor;
    if (batch.mixed) {
      content.tensors[prefix + "mixed.labels"] = batch.mixed->labels;
      content.tensors[prefix + "mixed.share"] = batch.mixed->share;
    }
  }
  try {
    storage::write_safetensors(run.nonfinite_batch(), content);
    spdlog::error("batch of iteration {} saved to {}", iteration, run.nonfinite_batch().string());
  } catch (const StorageError& error) {
    spdlog::error("cannot save the batch of iteration {}: {}", iteration, error.what());
  }
}

}  // namespace host::training
