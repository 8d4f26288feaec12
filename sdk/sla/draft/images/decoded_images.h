#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "sla/draft/images/decode.h"
#include "sla/draft/images/load_image.h"

namespace sla::images {

/// Whole decoded images, kept in memory so that further views of them need no decoding. An image is
/// kept at each reduction that its views use. Nothing is dropped to make room: when an image does
/// not fit, the collection is full, and others are decoded as by load_image().
class DecodedImages {
 public:
  /// Holds at most `most_bytes` of pixels. Calls `when_full` once, from any thread, with the number
  /// of files that it holds then.
  DecodedImages(int64_t most_bytes, std::function<void(int64_t files)> when_full);

  /// The same bits as sla::images::load_image(), but a file that is kept is not read again:
  /// what happens to it later goes unnoticed. `choose` depends on the size alone. Any thread.
  void load_image(const std::filesystem::path& file, const ViewChoice& choose, int size,
                  Filter filter, uint8_t* planes);

 private:
  struct Image {
    ImageHeader header;
    std::array<std::shared_ptr<const Pixels>, 4> pixels = {};  // reduced by 1, 2, 4, 8
  };

  std::optional<Image> find(const std::string& file) const;
  /// Whether so many bytes fit; else it is full from now on.
  bool has_room(int64_t bytes);
  void keep(const std::string& file, const ImageHeader& header,
            std::shared_ptr<const Pixels> pixels);

  int64_t most_bytes_;
  std::function<void(int64_t)> when_full_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Image> images_;
  int64_t bytes_ = 0;
  bool full_ = false;
};

}  // namespace sla::images
