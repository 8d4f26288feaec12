#include "host/data/augmentation.h"

#include <algorithm>
#include <cstring>

#include <ATen/Dispatch.h>
#include <ATen/ops/empty_like.h>

namespace host::data {

namespace {

/// A displacement and whether to mirror.
struct Draw {
  int64_t down;
  int64_t right;
  bool mirror;
};

Draw draw(const experiment::AugmentationOptions& options, sla::RandomStream random) {
  const int64_t range = 2 * options.crop_padding + 1;
  const int64_t down = random.below(range) - options.crop_padding;
  const int64_t right = random.below(range) - options.crop_padding;
  return {down, right, options.horizontal_flip && random.below(2) == 1};
}

/// One plane of height x width, displaced with zeros coming in, then mirrored.
template <typename T>
void augment_plane(const T* in, T* out, int64_t height, int64_t width, const Draw& draw) {
  std::fill_n(out, height * width, T{0});
  const int64_t kept = std::max<int64_t>(0, width - std::abs(draw.right));
  const int64_t from = std::max<int64_t>(0, draw.right);
  const int64_t to = std::max<int64_t>(0, -draw.right);
  const int64_t first = std::max<int64_t>(0, -draw.down);
  const int64_t last = std::min(height, height - draw.down);
  for (int64_t y = first; y < last; ++y) {
    const T* row = in + (y + draw.down) * width + from;
    if (draw.mirror) {
      std::reverse_copy(row, row + kept, out + y * width + width - to - kept);
    } else {
      std::copy_n(row, kept, out + y * width + to);
    }
  }
}

}  // namespace

at::Tensor augment(const at::Tensor& images, const experiment::AugmentationOptions& options,
                   const sla::RandomStream& random) {
  if (options.crop_padding == 0 && !options.horizontal_flip) return images;
  at::Tensor augmented = at::empty_like(images);
  const int64_t channels = images.size(1);
  const int64_t height = images.size(2);
  const int64_t width = images.size(3);
  AT_DISPATCH_ALL_TYPES(images.scalar_type(), "augment", [&] {
    const auto* in = images.data_ptr<scalar_t>();
    auto* out = augmented.data_ptr<scalar_t>();
    for (int64_t b = 0; b < images.size(0); ++b) {
      const Draw drawn = draw(options, random.child(b));
      for (int64_t c = 0; c < channels; ++c, in += height * width, out += height * width) {
        augment_plane(in, out, height, width, drawn);
      }
    }
  });
  return augmented;
}

}  // namespace host::data
