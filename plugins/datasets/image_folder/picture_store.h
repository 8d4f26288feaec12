#pragma once

#include <ATen/core/Tensor.h>
#include <sla/host.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "split_list.h"

namespace image_folder {

/// All images, decoded and scaled, in a cache file that is written at the first use of these files
/// (identified by name, length and modification time) and this size. It is read, not memory-mapped,
/// so that truncating it causes an error instead of a crash.
class PictureStore {
 public:
  /// Throws sla::Error if an image cannot be decoded or the cache cannot be written.
  PictureStore(const std::vector<Entry>& entries, int64_t size, sla::Host& host);
  ~PictureStore();
  PictureStore(const PictureStore&) = delete;
  PictureStore& operator=(const PictureStore&) = delete;

  /// The images at `indices` ([B] int64, in the order of the entries): [B, 3, size, size] uint8.
  /// Any thread. Throws sla::Error if the file cannot be read.
  at::Tensor pictures(const at::Tensor& indices) const;

  /// SHA-256 of all images. Throws sla::Error.
  std::string sha256() const;

 private:
  int64_t size_;
  std::filesystem::path file_;
  int descriptor_ = -1;
};

}  // namespace image_folder
