#include "sla/joint_labels.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/kl_div.h>
#include <ATen/ops/log_softmax.h>

namespace sla {

at::Tensor identity_rows(const Embedding& embedding, int64_t transformations) {
  if (embedding.views == Views::identity) return embedding.features;
  return embedding.features.unflatten(/*dim=*/0, {-1, transformations}).select(/*dim=*/1, 0);
}

at::Tensor repeat_labels(const at::Tensor& labels, int64_t transformations) {
  return labels.unsqueeze(1).expand({-1, transformations}).reshape(-1);
}

at::Tensor transformation_labels(const at::Tensor& labels, int64_t transformations) {
  return at::arange(transformations, labels.options()).repeat(labels.size(0));
}

at::Tensor joint_labels(const at::Tensor& labels, int64_t transformations) {
  const auto offsets = at::arange(transformations, labels.options());
  return (labels.unsqueeze(1) * transformations + offsets).reshape(-1);
}

at::Tensor single_logits(const at::Tensor& joint_logits, int64_t transformations) {
  return joint_logits.unflatten(/*dim=*/1, {-1, transformations}).select(/*dim=*/2, 0);
}

at::Tensor aggregated_logits(const at::Tensor& joint_logits, int64_t transformations) {
  const auto by_row_class_label =
      joint_logits.unflatten(/*dim=*/1, {-1, transformations})
          .unflatten(/*dim=*/0, {-1, transformations});  // [B, j, N, j']
  return by_row_class_label.diagonal(/*offset=*/0, /*dim1=*/1, /*dim2=*/3).mean(/*dim=*/-1);
}

at::Tensor distillation_loss(const at::Tensor& teacher, const at::Tensor& student,
                             double temperature) {
  const auto divergence = at::kl_div(at::log_softmax(student / temperature, 1),
                                     at::log_softmax(teacher.detach() / temperature, 1),
                                     at::Reduction::Sum, /*log_target=*/true);
  return divergence * (temperature * temperature / static_cast<double>(student.size(0)));
}

}  // namespace sla
