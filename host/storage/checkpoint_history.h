#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "host/storage/checkpoint.h"

namespace host::storage {

/// The latest checkpoints of a run: last.ckpt, the previous one as last-1.ckpt, and so on. At every
/// moment at least one is intact.
class CheckpointHistory {
 public:
  explicit CheckpointHistory(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// A checkpoint and the file it was read from.
  struct Found {
    std::filesystem::path file;
    TensorFile content;
  };

  /// All checkpoint files, newest first, intact or not.
  std::vector<std::filesystem::path> files() const;

  /// Writes a new last.ckpt and keeps `keep` (at least 1) in all. Throws StorageError; the previous
  /// checkpoints then still exist, though possibly renamed to the next older name.
  void write(const TensorFile& content, int64_t keep) const;

  /// Reads the newest intact checkpoint; nullopt if there are none at all. Reports damaged ones and
  /// renames them to *.damaged, so that they do not displace an intact one. Throws DamagedFileError
  /// if all are damaged, StorageError if one cannot be read.
  std::optional<Found> take_newest() const;

 private:
  std::filesystem::path file(int64_t age) const;

  std::filesystem::path folder_;
};

}  // namespace host::storage
