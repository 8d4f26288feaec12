#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "host/storage/checkpoint.h"

namespace host::storage {

/// The latest checkpoints of a run: last.ckpt, the one before it as last-1.ckpt, and so on. At
/// every moment one of them is whole.
class CheckpointHistory {
 public:
  explicit CheckpointHistory(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// A checkpoint and where it was found.
  struct Found {
    std::filesystem::path file;
    TensorFile content;
  };

  /// Those there are, the newest first, whether whole or not.
  std::vector<std::filesystem::path> files() const;

  /// Writes a new last.ckpt; `keep` (at least 1) of them stay. Throws StorageError; what there was
  /// is then still there, if perhaps under the name of the one before.
  void write(const TensorFile& content, int64_t keep) const;

  /// The newest that is whole; nothing where there is none at all. Damaged ones are reported and
  /// renamed to *.damaged, so that none takes the place of a whole one. Throws DamagedFileError
  /// where all are damaged, StorageError where one cannot be read.
  std::optional<Found> take_newest() const;

 private:
  std::filesystem::path file(int64_t age) const;

  std::filesystem::path folder_;
};

}  // namespace host::storage
