#include "sla/nn/batch_norm.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/batch_norm.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

#include "sla/describe.h"
#include "sla/error.h"
#include "sla/nn/convolution.h"
#include "sla/nn/detail/fused_batch_norm.h"
#include "sla/nn/detail/shared_statistics.h"
#include "sla/nn/detail/winograd.h"

namespace sla::nn {

namespace {

constexpr double kMomentum = 0.1;
constexpr double kEpsilon = 1e-5;

}  // namespace

BatchNorm::BatchNorm(int64_t channels)
    : weight_(register_parameter("weight", at::ones({channels}))),
      bias_(register_parameter("bias", at::zeros({channels}))),
      running_mean_(register_buffer("running_mean", at::zeros({channels}))),
      running_var_(register_buffer("running_var", at::ones({channels}))),
      num_batches_tracked_(register_buffer("num_batches_tracked", at::zeros({}, at::kLong))) {}

at::Tensor BatchNorm::forward(const at::Tensor& x) {
  if (is_training()) count_batch(x);
  return normalise_alone(x);
}

at::Tensor BatchNorm::relu(const at::Tensor& x) { return normalise(x, /*residual=*/{}); }

at::Tensor BatchNorm::add_relu(const at::Tensor& x, const at::Tensor& residual) {
  return normalise(x, residual);
}

at::Tensor BatchNorm::relu_into(const Convolution& next, const at::Tensor& x) {
  if (!normalises_itself(x) || Convolution::casts(x)) return next.forward(relu(x));
  if (is_training()) {
    count_batch(x);
    return next.forward_norm(x, state());
  }
  if (!next.has_own_kernels(x)) return next.forward(relu(x));
  const auto norm = detail::running_normalisation(state());
  return detail::convolve({x, norm.scale, norm.shift}, next.channels_last_weight(), next.stride_);
}

at::Tensor BatchNorm::normalise(const at::Tensor& x, const at::Tensor& residual) {
  if (is_training()) count_batch(x);
  if (normalises_itself(x) && detail::is_like(residual, x)) {
    if (is_training()) return detail::fused_batch_norm(x, residual, state());
    const auto norm = detail::running_normalisation(state());
    return detail::activate(x, residual, norm.scale, norm.shift);
  }
  at::Tensor y = normalise_alone(x);
  if (is_training() && detail::statistics_are_shared()) {
    return (residual.defined() ? y + residual : y).relu();
  }
  if (residual.defined()) y = y.add_(residual);
  return y.relu_();
}

bool BatchNorm::normalises_itself(const at::Tensor& x) const {
  const bool possible =
      is_training() ? !detail::statistics_are_shared() : !at::GradMode::is_enabled();
  return possible && detail::can_normalise(x, state());
}

detail::BatchNormState BatchNorm::state() const {
  return {weight_, bias_, running_mean_, running_var_, kMomentum, kEpsilon};
}

void BatchNorm::count_batch(const at::Tensor& x) {
  if (x.numel() == x.size(1) && !detail::statistics_are_shared()) {
    throw Error("batch normalisation got one value per channel, " + describe(x) +
                ", which has no variance; train with larger images or with batches of at least 2 "
                "(an epoch's last batch may be smaller)");
  }
  num_batches_tracked_.add_(1);
}

at::Tensor BatchNorm::normalise_alone(const at::Tensor& x) {
  if (is_training() && detail::statistics_are_shared()) {
    return detail::shared_batch_norm(x, state());
  }
  return at::batch_norm(x, weight_, bias_, running_mean_, running_var_, is_training(), kMomentum,
                        kEpsilon, /*cudnn_enabled=*/true);
}

}  // namespace sla::nn
