#include "sla/nn/detail/normalisation.h"

#include <ATen/ops/empty.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "sla/nn/detail/kernel_choice.h"

namespace sla::nn::detail {

namespace {

at::Tensor tensor_of(const PerChannel<float>& numbers, const at::Tensor& like) {
  at::Tensor tensor = at::empty({std::ssize(numbers)}, like.options());
  std::copy(numbers.begin(), numbers.end(), tensor.data_ptr<float>());
  return tensor;
}

void update(const at::Tensor& running, const PerChannel<double>& batch, double factor,
            double momentum) {
  auto* values = running.data_ptr<float>();
  for (size_t c = 0; c < batch.size(); ++c) {
    values[c] = static_cast<float>((1 - momentum) * values[c] + momentum * factor * batch[c]);
  }
}

bool is_vector(const at::Tensor& tensor) {
  return tensor.is_cpu() && tensor.scalar_type() == at::kFloat && tensor.is_contiguous();
}

/// From the channels' means and variances as functions of the channel.
template <typename Mean, typename Variance>
Normalisation normalisation(const BatchNormState& state, const Mean& mean,
                            const Variance& variance) {
  Normalisation result(state.weight.numel());
  const auto* weights = state.weight.data_ptr<float>();
  const auto* biases = state.bias.data_ptr<float>();
  for (size_t c = 0; c < result.mean.size(); ++c) {
    const double inverse = 1 / std::sqrt(variance(c) + state.epsilon);
    result.mean[c] = static_cast<float>(mean(c));
    result.inverse_deviation[c] = static_cast<float>(inverse);
    result.scale[c] = static_cast<float>(inverse * weights[c]);
    result.shift[c] = static_cast<float>(biases[c] - mean(c) * inverse * weights[c]);
  }
  return result;
}

}  // namespace

bool can_normalise(const at::Tensor& x, const BatchNormState& state) {
  return !is_traced() && x.is_cpu() && x.layout() == at::kStrided && x.dim() == 4 &&
         x.numel() > 0 && (x.scalar_type() == at::kFloat || x.scalar_type() == at::kBFloat16) &&
         x.is_contiguous(at::MemoryFormat::ChannelsLast) && is_vector(state.weight) &&
         is_vector(state.bias) && is_vector(state.running_mean) && is_vector(state.running_var);
}

Normalisation::Normalisation(int64_t channels)
    : mean(channels), inverse_deviation(channels), scale(channels), shift(channels) {}

Normalisation::Normalisation(const at::Tensor& saved) : Normalisation(saved.size(1)) {
  const auto* from = saved.data_ptr<float>();
  for (auto* part : std::array{&mean, &inverse_deviation, &scale, &shift}) {
    std::copy_n(from, part->size(), part->begin());
    from += part->size();
  }
}

at::Tensor Normalisation::save() const {
  const at::Tensor saved = at::empty({4, std::ssize(mean)}, at::kFloat);
  auto* to = saved.data_ptr<float>();
  for (const auto* part : std::array{&mean, &inverse_deviation, &scale, &shift}) {
    to = std::copy(part->begin(), part->end(), to);
  }
  return saved;
}

Normalisation batch_normalisation(const at::Tensor& x, const BatchNormState& state) {
  const Moments batch = moments(x);
  const auto pixels = static_cast<double>(x.numel() / x.size(1));
  update(state.running_mean, batch.mean, 1, state.momentum);
  update(state.running_var, batch.variance, pixels / (pixels - 1), state.momentum);
  return normalisation(
      state, [&](size_t c) { return batch.mean[c]; }, [&](size_t c) { return batch.variance[c]; });
}

Normalisation running_normalisation(const BatchNormState& state) {
  const auto* mean = state.running_mean.data_ptr<float>();
  const auto* variance = state.running_var.data_ptr<float>();
  return normalisation(
      state, [&](size_t c) { return static_cast<double>(mean[c]); },
      [&](size_t c) { return static_cast<double>(variance[c]); });
}

NormalisationGradients normalisation_gradients(const GradientSource& from, const GradientSums& sums,
                                               const Normalisation& forward,
                                               const at::Tensor& weight) {
  // dx = weight / deviation * (g - E[g] - xhat * E[g * xhat]); xhat = (x - mean) / deviation.
  const auto pixels = static_cast<double>(from.x.numel() / from.x.size(1));
  const auto* weights = weight.data_ptr<float>();
  const size_t channels = forward.mean.size();
  InputGradientFactors factors{forward.mean, PerChannel<float>(channels),
                               PerChannel<float>(channels), PerChannel<float>(channels)};
  PerChannel<float> d_weight(channels);
  PerChannel<float> d_bias(channels);
  for (size_t c = 0; c < channels; ++c) {
    const double inverse = forward.inverse_deviation[c];
    const double scale = weights[c] * inverse;
    d_weight[c] = static_cast<float>(sums.g_times_x[c] * inverse);
    d_bias[c] = static_cast<float>(sums.g[c]);
    factors.scale[c] = static_cast<float>(scale);
    factors.slope[c] = static_cast<float>(-scale * inverse * inverse * sums.g_times_x[c] / pixels);
    factors.shift[c] = static_cast<float>(-scale * sums.g[c] / pixels);
  }
  return {propagate(from, factors), tensor_of(d_weight, weight), tensor_of(d_bias, weight)};
}

}  // namespace sla::nn::detail
