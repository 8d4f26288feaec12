#include "drop_block.h"

#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/zeros.h>

#include <algorithm>

namespace resnet12 {

DropBlock::DropBlock(double rate, int64_t block_size, int64_t ramp)
    : rate_(rate),
      block_size_(block_size),
      ramp_(ramp),
      num_batches_tracked_(register_buffer("num_batches_tracked", at::zeros({}, at::kLong))) {}

at::Tensor DropBlock::forward(const at::Tensor& x) {
  if (!is_training() || rate_ == 0) return x;
  num_batches_tracked_.add_(1);
  const int64_t size = std::min({block_size_, x.size(2), x.size(3)});
  const int64_t rows = x.size(2) - size + 1;
  const int64_t columns = x.size(3) - size + 1;
  // The probability that a block starts at a pixel, chosen to drop the expected share (equation 1).
  // It stays a tensor: reading the counter would synchronise with the device.
  const auto pixels = static_cast<double>(x.size(2) * x.size(3));
  const auto starts = static_cast<double>(rows * columns);
  const auto share =
      (num_batches_tracked_.to(at::kFloat) / static_cast<double>(ramp_)).clamp_max(1);
  const auto probability = share * (rate_ / static_cast<double>(size * size) * pixels / starts);

  const auto options = x.options().dtype(at::kFloat);
  const auto begins = at::rand({x.size(0), x.size(1), rows, columns}, options).lt(probability);
  // A block covers the pixels from its start on: each pixel looks back over `size` starts.
  const int64_t margin = size - 1;
  const auto padded = at::constant_pad_nd(begins.to(at::kFloat), {margin, margin, margin, margin});
  const auto kept = 1 - at::max_pool2d(padded, /*kernel_size=*/size, /*stride=*/1);
  const auto scale = static_cast<double>(kept.numel()) / kept.sum().clamp_min(1);
  return x * (kept * scale).to(x.scalar_type());
}

}  // namespace resnet12
