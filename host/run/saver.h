#pragma once

#include <cstdint>
#include <future>

#include "host/storage/run_directory.h"
#include "host/storage/safetensors.h"

namespace host::run {

/// Saves checkpoints in the background while training continues.
class Saver {
 public:
  /// Keeps the latest `keep` checkpoints. `run` must outlive this object.
  Saver(const storage::RunDirectory& run, int64_t keep) : run_(run), keep_(keep) {}

  /// Starts writing the checkpoint of an iteration as the last one, and also as the best one if
  /// `best` is set. Waits for the previous save first. Throws StorageError if that one failed.
  void save(storage::TensorFile content, int64_t iteration, bool best);

  /// Waits until everything is written. Throws StorageError if that failed.
  void finish();

 private:
  const storage::RunDirectory& run_;
  int64_t keep_;
  std::future<void> writing_;
};

}  // namespace host::run
