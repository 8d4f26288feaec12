#include "sla/cross_entropy.h"

#include <ATen/ops/cross_entropy_loss.h>

namespace sla {

namespace {

constexpr const char* kSmoothing = "label_smoothing";
// LibTorch's default: no label is left out.
constexpr int64_t kIgnored = -100;

}  // namespace

Parameter CrossEntropy::parameter() {
  return {.name = kSmoothing,
          .default_value = 0.0,
          .help = "share of each target that is spread evenly over all labels",
          .minimum = 0,
          .maximum = 0.99};
}

CrossEntropy::CrossEntropy(const Parameters& parameters)
    : smoothing_(parameters.number(kSmoothing)) {}

at::Tensor CrossEntropy::operator()(const at::Tensor& logits, const at::Tensor& labels) const {
  return at::cross_entropy_loss(logits, labels, /*weight=*/{}, at::Reduction::Mean, kIgnored,
                                smoothing_);
}

at::Tensor CrossEntropy::of_rows(const at::Tensor& logits, const at::Tensor& labels) const {
  return at::cross_entropy_loss(logits, labels, /*weight=*/{}, at::Reduction::None, kIgnored,
                                smoothing_);
}

}  // namespace sla
