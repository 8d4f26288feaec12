#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>

namespace sla {

/// A second base class of datasets whose images are files: `sla_host predict`
/// then sees any other file as the dataset's images are seen in evaluation. Of
/// a derived dataset, the host asks the source. Without it, the host scales and
/// crops files itself.
///
/// Draft: its interface may change within SDK 3.
class ImageReader {
 public:
  virtual ~ImageReader() = default;

  /// [C, H, W], contiguous, on the CPU: a file as batch() would return it
  /// unaugmented. Throws sla::Error, naming the file, if it cannot be read.
  /// Called from several threads.
  virtual at::Tensor read_image(const std::filesystem::path& file) const = 0;
};

}  // namespace sla
