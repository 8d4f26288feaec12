#include "host/assembly/weights_file.h"

#include "host/base/errors.h"
#include "host/storage/checkpoint.h"
#include "host/storage/torch_file.h"

namespace host::assembly {

namespace fs = std::filesystem;

storage::TensorFile weights_in(const storage::TensorFile& checkpoint) {
  storage::TensorFile weights{storage::tensors_below(kAveragePrefix, checkpoint.tensors), {}};
  if (weights.tensors.empty()) {
    weights.tensors = storage::tensors_below(kNetworkPrefix, checkpoint.tensors);
  }
  for (const char* key : {"experiment", "task"}) {
    const auto found = checkpoint.metadata.find(key);
    if (found != checkpoint.metadata.end()) weights.metadata.insert(*found);
  }
  return weights;
}

storage::TensorFile read_weights(const fs::path& source) {
  if (fs::is_directory(source)) {
    return read_weights(source / storage::RunDirectory::kBestCheckpoint);
  }
  // How a file begins tells what it is: .pth, .pt, .th and .pth.tar are all in use.
  if (storage::is_torch_file(source)) return {storage::read_torch_file(source), {}};
  if (source.extension() == ".ckpt") return weights_in(storage::read_checkpoint(source));
  return storage::read_safetensors(source);
}

storage::TensorFile read_finished_weights(const storage::RunDirectory& run) {
  const std::string name = run.path().string();
  if (!fs::is_directory(run.path())) {
    throw StorageError("no run " + name + "; name the directory of a finished run");
  }
  if (!fs::exists(run.results())) {
    throw StorageError("run " + name + " is not finished (it has no " +
                       run.results().filename().string() +
                       "); finish it with --resume, or name another run");
  }
  auto weights = storage::read_safetensors(run.weights());
  for (const char* key : {"experiment", "task"}) {
    if (weights.metadata.contains(key)) continue;
    throw StorageError(run.weights().string() + " has no " + key +
                       " in its metadata; an older version wrote it: train the run again");
  }
  return weights;
}

}  // namespace host::assembly
