#include <sla/error.h>
#include <sla/plugin.h>
#include <sla/transformation.h>

#include <string>

#include <ATen/ops/rot90.h>

namespace {

/// `Count` rotations that divide the full turn equally, counter-clockwise.
template <int64_t Count>
class Rotation final : public sla::Transformation {
 public:
  Rotation(const sla::Parameters&, sla::Host&) {}

  int64_t count() const override { return Count; }

  at::Tensor view(const at::Tensor& images, int64_t j) const override {
    if (Count == 4 && images.size(2) != images.size(3)) {
      throw sla::Error("rotation by 90 degrees needs square images, not " +
                       std::to_string(images.size(2)) + "x" + std::to_string(images.size(3)) +
                       "; component \"rotation2\" rotates by 180 degrees only");
    }
    return j == 0 ? images : at::rot90(images, j * 4 / Count, /*dims=*/{2, 3});
  }
};

}  // namespace

SLA_PLUGIN("1.0.0", sla::component<Rotation<4>>("rotation", "Rotations by 0, 90, 180, 270 degrees"),
           sla::component<Rotation<2>>("rotation2", "Rotations by 0 and 180 degrees"))
