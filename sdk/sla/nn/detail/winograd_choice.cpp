#include "sla/nn/detail/winograd_choice.h"

#include <algorithm>

#include "sla/nn/detail/kernel_choice.h"
#include "sla/nn/detail/winograd_kernels.h"

namespace sla::nn::detail {

namespace {

bool is_supported(const at::Tensor& x, const at::Tensor& weight) {
  return !is_traced() && x.is_cpu() && x.layout() == at::kStrided && x.dim() == 4 &&
         x.numel() > 0 && (x.scalar_type() == at::kFloat || x.scalar_type() == at::kBFloat16) &&
         x.is_contiguous(at::MemoryFormat::ChannelsLast) && x.size(1) == weight.size(1) &&
         x.size(2) >= 4 && x.size(3) >= 4 && weight.is_cpu() &&
         weight.scalar_type() == at::kFloat && weight.size(2) == 3 && weight.size(3) == 3 &&
         weight.size(0) % kPanel == 0 && weight.size(1) % kPanel == 0;
}

/// Whether our kernels are faster than LibTorch's with AVX-512, as measured (docs/performance.md):
/// ours also compute what a stride leaves out; and bfloat16's products are so fast that with few
/// channels transforming the tiles, with few tiles transforming the weights takes longer.
bool is_faster(const at::Tensor& x, const at::Tensor& weight, int64_t stride) {
  constexpr int64_t kEnoughChannels = 32;
  constexpr int64_t kEnoughTiles = 256;
  if (stride != 1 || x.scalar_type() == at::kFloat) return stride == 1;
  const Grid grid{x.size(0), x.size(2), x.size(3)};
  return std::min(weight.size(0), weight.size(1)) >= kEnoughChannels &&
         grid.tiles() >= kEnoughTiles;
}

bool is_chosen(const at::Tensor& x, const at::Tensor& weight, int64_t stride) {
  const Kernels kernels = chosen_kernels(x.scalar_type());
  return kernels == Kernels::own || (kernels == Kernels::mixed && is_faster(x, weight, stride));
}

}  // namespace

bool can_convolve(const at::Tensor& x, const at::Tensor& weight, int64_t stride) {
  return is_supported(x, weight) && is_chosen(x, weight, stride);
}

}  // namespace sla::nn::detail
