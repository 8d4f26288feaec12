#include <sla/plugin.h>
#include <sla/transformation.h>

#include <ATen/ops/flip.h>

namespace {

/// The image and its mirror image.
class Flip final : public sla::Transformation {
 public:
  static std::vector<sla::Parameter> parameters() {
    return {{.name = "direction",
             .default_value = "horizontal",
             .help = "mirror left-right (horizontal) or top-bottom (vertical)",
             .choices = {"horizontal", "vertical"}}};
  }

  Flip(const sla::Parameters& parameters, sla::Host&)
      : dim_(parameters.text("direction") == "horizontal" ? 3 : 2) {}

  int64_t count() const override { return 2; }

  at::Tensor view(const at::Tensor& images, int64_t j) const override {
    return j == 0 ? images : at::flip(images, dim_);
  }

 private:
  int64_t dim_;
};

}  // namespace

SLA_PLUGIN("1.0.0", sla::component<Flip>("flip", "The image and its mirror image"))
