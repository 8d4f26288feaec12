#pragma once

#include <torch/nn/module.h>

#include <cstdint>

namespace resnet12 {

/// DropBlock (Ghiasi, Lin, Le, NeurIPS 2018): during training, zeroes squares of `block_size`
/// pixels in each channel and rescales the rest to the old mean. The dropped share rises linearly
/// from 0 to `rate` over `ramp` batches, as in MetaOptNet (Lee et al., CVPR 2019). The number of
/// batches seen is saved with the network, in the buffer `num_batches_tracked`.
class DropBlock final : public torch::nn::Module {
 public:
  DropBlock(double rate, int64_t block_size, int64_t ramp);

  /// Maps [R, C, H, W] of any floating type to the same shape; a block must not exceed the image.
  at::Tensor forward(const at::Tensor& x);

 private:
  double rate_;
  int64_t block_size_;
  int64_t ramp_;
  at::Tensor num_batches_tracked_;
};

}  // namespace resnet12
