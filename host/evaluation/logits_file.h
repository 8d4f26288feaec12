#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "host/evaluation/logits.h"

namespace host::evaluation {

/// Where scored logits come from.
struct LogitsOrigin {
  /// Runs or files of weights; several are an ensemble.
  std::vector<std::string> sources;
  std::string split;
  std::vector<std::string> class_names;
};

/// Writes them as safetensors: `logits.PREDICTION` [T, K]; `labels` [T] int64; `names` [T, L]
/// uint8, each row a name in UTF-8 filled up with zeros, if the images have names. Metadata, all
/// JSON: `sources`, `split`, `class_names`, `trials` (0: the labels are the classes; else the
/// number of episodes, consecutive and of equal length, each with labels of its own). Throws
/// StorageError.
void write_logits(const std::filesystem::path& file, const ScoredLogits& scored,
                  const LogitsOrigin& origin);

}  // namespace host::evaluation
