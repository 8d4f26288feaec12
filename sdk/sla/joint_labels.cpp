#include "sla/joint_labels.h"

#include <ATen/ops/arange.h>

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

}  // namespace sla
