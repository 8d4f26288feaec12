#pragma once

#include <ATen/core/Tensor.h>
#include <sla/host.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "split_list.h"

namespace image_folder {

/// All pictures, decoded and scaled, in a file in the cache that is written at the first use of
/// just these files (by name, length and time of change) and size. It is read and not mapped: a
/// file that is cut short by someone is then an error and not the end of the program.
class PictureStore {
 public:
  /// Throws sla::Error where a picture cannot be decoded or the cache not be written.
  PictureStore(const std::vector<Entry>& entries, int64_t size, sla::Host& host);
  ~PictureStore();
  PictureStore(const PictureStore&) = delete;
  PictureStore& operator=(const PictureStore&) = delete;

  /// The pictures at `indices` ([B] int64, in the order of the entries): [B, 3, size, size] uint8.
  /// Any thread. Throws sla::Error where the file cannot be read.
  at::Tensor pictures(const at::Tensor& indices) const;

  /// SHA-256 of all of them. Throws sla::Error.
  std::string sha256() const;

 private:
  int64_t size_;
  std::filesystem::path file_;
  int descriptor_ = -1;
};

}  // namespace image_folder
