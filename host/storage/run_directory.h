#pragma once

#include <filesystem>
#include <string>

namespace host::storage {

/// Names of the files in a run directory.
class RunDirectory {
 public:
  /// Creates the directory where it is new. Throws StorageError when that fails.
  explicit RunDirectory(std::filesystem::path path);

  static constexpr const char* kLastCheckpoint = "last.ckpt";
  static constexpr const char* kBestCheckpoint = "best.ckpt";

  const std::filesystem::path& path() const { return path_; }
  /// The experiment, resolved: it runs by itself and gives the same run.
  std::filesystem::path experiment() const { return path_ / "experiment.toml"; }
  std::filesystem::path provenance() const { return path_ / "provenance.json"; }
  std::filesystem::path log() const { return path_ / "log.txt"; }
  std::filesystem::path metrics() const { return path_ / "metrics.jsonl"; }
  std::filesystem::path last_checkpoint() const { return path_ / kLastCheckpoint; }
  std::filesystem::path best_checkpoint() const { return path_ / kBestCheckpoint; }
  /// Weights of the best checkpoint, for any tool that reads safetensors.
  std::filesystem::path weights() const { return path_ / "weights.safetensors"; }
  std::filesystem::path results() const { return path_ / "results.json"; }
  /// A text file that the dataset adds. Throws PluginError where the name is not a plain file name
  /// or is one of those above.
  std::filesystem::path document(const std::string& name) const;

 private:
  std::filesystem::path path_;
};

/// `base` where nothing is there yet, else the first of base-2, base-3, ... that is free.
std::filesystem::path unused_path(const std::filesystem::path& base);

/// The newest of base, base-2, base-3, ... that holds a checkpoint; empty where none does.
std::filesystem::path newest_path(const std::filesystem::path& base);

}  // namespace host::storage
