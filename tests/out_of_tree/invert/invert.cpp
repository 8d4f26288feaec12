#include <sla/plugin.h>
#include <sla/transformation.h>

namespace {

/// The image and its negative.
class Invert final : public sla::Transformation {
 public:
  Invert(const sla::Parameters&, sla::Host&) {}

  int64_t count() const override { return 2; }

  at::Tensor view(const at::Tensor& images, int64_t j) const override {
    if (j == 0) return images;
    return images.is_floating_point() ? images.neg().add(1) : images.bitwise_not();
  }
};

}  // namespace

SLA_PLUGIN("1.0.0", sla::component<Invert>("invert", "The image and its negative"))
