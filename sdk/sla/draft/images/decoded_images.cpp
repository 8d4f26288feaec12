#include "sla/draft/images/decoded_images.h"

#include <bit>
#include <utility>

#include "sla/draft/images/image_file.h"
#include "sla/draft/images/stored_view.h"

namespace sla::images {

namespace {

/// The place of a reduction, 1, 2, 4 or 8, among all of them.
size_t rank_of(int reduction) { return std::countr_zero(static_cast<unsigned>(reduction)); }

/// The bytes of all pixels at a reduction.
int64_t bytes_at(const ImageHeader& header, int reduction) {
  const auto reduced = [&](int side) { return (int64_t{side} + reduction - 1) / reduction; };
  return 3 * reduced(header.width) * reduced(header.height);
}

}  // namespace

DecodedImages::DecodedImages(int64_t most_bytes, std::function<void(int64_t)> when_full)
    : most_bytes_(most_bytes), when_full_(std::move(when_full)) {}

void DecodedImages::load_image(const std::filesystem::path& file, const ViewChoice& choose,
                               int size, Filter filter, uint8_t* planes) {
  if (const auto kept = find(file)) {
    const StoredView view(kept->header, choose, size, filter);
    if (const auto& pixels = kept->pixels.at(rank_of(view.reduction()))) {
      view.write(*pixels, planes);
      return;
    }
  }
  with_decoder(file, [&](ImageDecoder& decoder) {
    const ImageHeader& header = decoder.header();
    const StoredView view(header, choose, size, filter);
    if (!has_room(bytes_at(header, view.reduction()))) {
      view.write(decoder.decode(view.window(), view.reduction()), planes);
      return;
    }
    const auto pixels =
        std::make_shared<const Pixels>(decoder.decode(header.all(), view.reduction()));
    view.write(*pixels, planes);
    keep(file, header, pixels);
  });
}

std::optional<DecodedImages::Image> DecodedImages::find(const std::string& file) const {
  const std::lock_guard lock(mutex_);
  const auto found = images_.find(file);
  return found == images_.end() ? std::nullopt : std::optional(found->second);
}

bool DecodedImages::has_room(int64_t bytes) {
  const std::unique_lock lock(mutex_);
  if (full_) return false;
  if (bytes_ + bytes <= most_bytes_) return true;
  full_ = true;
  when_full_(std::ssize(images_));
  return false;
}

void DecodedImages::keep(const std::string& file, const ImageHeader& header,
                         std::shared_ptr<const Pixels> pixels) {
  const auto bytes = static_cast<int64_t>(pixels->bytes());
  const std::lock_guard lock(mutex_);
  // Another thread may have filled the rest, or kept the same, in the meantime.
  if (full_ || bytes_ + bytes > most_bytes_) return;
  auto& place =
      images_.try_emplace(file, Image{header}).first->second.pixels.at(rank_of(pixels->reduction));
  if (place) return;
  place = std::move(pixels);
  bytes_ += bytes;
}

}  // namespace sla::images
