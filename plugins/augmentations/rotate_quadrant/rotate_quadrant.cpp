#include <sla/augmentation.h>
#include <sla/error.h>
#include <sla/plugin.h>

#include <string>

#include <ATen/ops/empty_like.h>
#include <ATen/ops/rot90.h>

namespace {

/// Turns one uniformly random quadrant of each image by a uniformly random number of quarter turns,
/// counterclockwise. Annotates the images with "turned": [B] int64, 4 * quadrant + quarter turns,
/// where the quadrants are top left, top right, bottom left, bottom right. If the side is odd,
/// the last row and column belong to no quadrant.
class RotateQuadrant final : public sla::Augmentation {
 public:
  RotateQuadrant(const sla::Parameters&, sla::Host&) {}

  void apply(sla::Batch& batch, const sla::BatchRandom& random) const override {
    const int64_t height = batch.images.size(2);
    const int64_t width = batch.images.size(3);
    if (height != width) {
      throw sla::Error("quarter turns of a quadrant need square images, not " +
                       std::to_string(height) + "x" + std::to_string(width));
    }
    const int64_t side = height / 2;
    const at::Tensor turned = at::empty_like(batch.labels);
    auto* drawn = turned.data_ptr<int64_t>();
    for (int64_t b = 0; b < batch.images.size(0); ++b) {
      drawn[b] = random.image(b).below(16);
      const int64_t turns = drawn[b] % 4;
      if (turns == 0) continue;
      const int64_t top = drawn[b] / 8 * side;
      const int64_t left = drawn[b] / 4 % 2 * side;
      const auto quadrant = batch.images[b].narrow(1, top, side).narrow(2, left, side);
      quadrant.copy_(quadrant.rot90(turns, {1, 2}).clone());
    }
    batch.annotations["turned"] = turned;
  }
};

}  // namespace

SLA_PLUGIN("1.0.0", sla::component<RotateQuadrant>("rotate_quadrant",
                                                   "Turns a random quadrant of each image"))
