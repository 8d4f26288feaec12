#pragma once

#include <filesystem>
#include <string>
#include <utility>

#include "host/storage/checkpoint_history.h"

namespace host::storage {

/// Names of the files in a run directory.
class RunDirectory {
 public:
  explicit RunDirectory(std::filesystem::path path) : path_(std::move(path)) {}

  /// Creates the directory where it is new. Throws StorageError where nothing can be written there.
  void create() const;

  static constexpr const char* kLastCheckpoint = "last.ckpt";
  static constexpr const char* kBestCheckpoint = "best.ckpt";

  const std::filesystem::path& path() const { return path_; }
  /// The experiment, resolved: it runs by itself and gives the same run.
  std::filesystem::path experiment() const { return path_ / "experiment.toml"; }
  std::filesystem::path provenance() const { return path_ / "provenance.json"; }
  /// Held while a program trains into the directory.
  std::filesystem::path lock() const { return path_ / "lock"; }
  std::filesystem::path log() const { return path_ / "log.txt"; }
  std::filesystem::path metrics() const { return path_ / "metrics.jsonl"; }
  /// The latest checkpoints, from which the run continues.
  CheckpointHistory checkpoints() const { return CheckpointHistory(path_); }
  std::filesystem::path last_checkpoint() const { return path_ / kLastCheckpoint; }
  std::filesystem::path best_checkpoint() const { return path_ / kBestCheckpoint; }
  /// Weights of the best checkpoint, for any tool that reads safetensors.
  std::filesystem::path weights() const { return path_ / "weights.safetensors"; }
  /// The batch whose loss was not finite, where one stopped the run.
  std::filesystem::path nonfinite_batch() const { return path_ / "nonfinite_batch.safetensors"; }
  std::filesystem::path results() const { return path_ / "results.json"; }
  /// What the best checkpoint does on the test split in detail, for the report.
  std::filesystem::path analysis() const { return path_ / "analysis.json"; }
  std::filesystem::path report() const { return path_ / "report.html"; }
  /// A text file that the dataset adds. Throws PluginError where the name is not a plain file name
  /// or is one of those above.
  std::filesystem::path document(const std::string& name) const;

 private:
  std::filesystem::path path_;
};

/// Creates and returns `base` where nothing is there yet, else the first of base-2, base-3, ...
/// that is free. Two programs that ask at once get two. Throws StorageError.
std::filesystem::path create_unused_path(const std::filesystem::path& base);

/// The newest of base, base-2, base-3, ... that holds a checkpoint; empty where none does.
std::filesystem::path newest_path(const std::filesystem::path& base);

}  // namespace host::storage
