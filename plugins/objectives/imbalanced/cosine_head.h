#pragma once

#include <sla/head.h>

#include <cstdint>

namespace imbalanced {

/// The cosine of the angle between the features and each output's weights, in -1..1: the normalised
/// linear head of Cao et al., NeurIPS 2019. The weights are initialised to uniformly random
/// directions. State: `weight` [outputs, D].
class CosineHead final : public sla::Head {
 public:
  CosineHead(int64_t feature_size, int64_t outputs);

  at::Tensor forward(const at::Tensor& features) override;

 private:
  at::Tensor weight_;
};

}  // namespace imbalanced
