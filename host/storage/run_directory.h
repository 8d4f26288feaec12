#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "host/storage/checkpoint_history.h"

namespace host::storage {

/// Names of the files in a run directory.
class RunDirectory {
 public:
  explicit RunDirectory(std::filesystem::path path) : path_(std::move(path)) {}

  /// Whether it holds anything that training computed: checkpoints, metrics or results.
  bool holds_run() const;

  /// Creates the directory if necessary. Throws StorageError if it is not writable.
  void create() const;

  static constexpr const char* kLastCheckpoint = "last.ckpt";
  static constexpr const char* kBestCheckpoint = "best.ckpt";

  const std::filesystem::path& path() const { return path_; }
  /// The resolved, self-contained experiment; running it gives the same run.
  std::filesystem::path experiment() const { return path_ / "experiment.toml"; }
  std::filesystem::path provenance() const { return path_ / "provenance.json"; }
  /// Held while a program trains in the directory.
  std::filesystem::path lock() const { return path_ / "lock"; }
  std::filesystem::path log() const { return path_ / "log.txt"; }
  std::filesystem::path metrics() const { return path_ / "metrics.jsonl"; }
  /// The latest checkpoints, from which the run resumes.
  CheckpointHistory checkpoints() const { return CheckpointHistory(path_); }
  std::filesystem::path last_checkpoint() const { return path_ / kLastCheckpoint; }
  std::filesystem::path best_checkpoint() const { return path_ / kBestCheckpoint; }
  /// Weights of the best checkpoint, readable by any safetensors tool.
  std::filesystem::path weights() const { return path_ / "weights.safetensors"; }
  /// The batch with the non-finite loss, if one stopped the run.
  std::filesystem::path nonfinite_batch() const { return path_ / "nonfinite_batch.safetensors"; }
  std::filesystem::path results() const { return path_ / "results.json"; }
  /// The best checkpoint's detailed test results, for the report.
  std::filesystem::path analysis() const { return path_ / "analysis.json"; }
  /// Tags and a note.
  std::filesystem::path labels() const { return path_ / "labels.json"; }
  std::filesystem::path report() const { return path_ / "report.html"; }
  /// Whether a file in the directory, by its name, is one of those above or a checkpoint.
  bool is_own(const std::string& name) const;
  /// A text file that the dataset adds. Throws PluginError if the name is not a plain file name or
  /// is one of those above.
  std::filesystem::path document(const std::string& name) const;

 private:
  std::filesystem::path path_;
};

/// Creates and returns `base` if it does not exist, else the first unused one of base-2, base-3,
/// ... Concurrent calls get different directories. Throws StorageError.
std::filesystem::path create_unused_path(const std::filesystem::path& base);

/// The first of base, base-2, base-3, ... that does not exist.
std::filesystem::path unused_path(const std::filesystem::path& base);

/// Those of base, base-2, base-3, ... that exist, by number, whatever the gaps.
std::vector<std::filesystem::path> numbered_paths(const std::filesystem::path& base);

}  // namespace host::storage
