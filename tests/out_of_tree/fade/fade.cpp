// Darkens each image at random, with a CUDA kernel if there is a GPU.
#include "fade.h"

#include <sla/augmentation.h>
#include <sla/error.h>
#include <sla/host.h>
#include <sla/plugin.h>

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>

namespace {

class Fade final : public sla::Augmentation {
 public:
  Fade(const sla::Parameters&, sla::Host& host) : on_gpu_(host.device().is_cuda()) {}

  void apply(sla::Batch& batch, const sla::BatchRandom& random) const override {
    const at::Tensor factors = at::empty({batch.images.size(0)});
    for (int64_t b = 0; b < factors.numel(); ++b) factors[b] = 1 - 0.5 * random.image(b).uniform();
    if (on_gpu_ && batch.images.scalar_type() == at::kByte && factors.numel() > 0) {
      fade_on_gpu(batch.images, factors);
    } else {
      const auto faded = batch.images.to(at::kFloat) * factors.view({-1, 1, 1, 1});
      batch.images.copy_(faded);
    }
  }

 private:
  bool on_gpu_;
};

}  // namespace

SLA_PLUGIN("1.0.0", sla::component<Fade>("fade", "Random darkening"))
