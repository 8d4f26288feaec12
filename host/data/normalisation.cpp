#include "host/data/normalisation.h"

#include <ATen/Dispatch.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/tensor.h>

#include <string>

#include "host/base/errors.h"

namespace host::data {

namespace {

constexpr double kByteRange = 255.0;

std::vector<double> per_channel(const std::vector<double>& values, int64_t channels,
                                const std::string& name) {
  if (values.size() == 1) return std::vector<double>(channels, values.front());
  if (std::ssize(values) == channels) return values;
  throw ExperimentError("[normalisation] " + name + " has " + std::to_string(values.size()) +
                        " values, the dataset's images have " + std::to_string(channels) +
                        " channels; give one value, or one per channel");
}

at::Tensor as_channels(const std::vector<double>& values, at::ScalarType dtype, at::Device device) {
  return at::tensor(values, at::kDouble).to(dtype).view({1, -1, 1, 1}).to(device);
}

}  // namespace

Normalisation::Normalisation(const experiment::NormalisationOptions& options, int64_t channels,
                             at::ScalarType dtype, at::Device device)
    : dtype_(dtype),
      mean_(per_channel(options.mean, channels, "mean")),
      std_(per_channel(options.std, channels, "std")),
      means_(as_channels(mean_, dtype, device)),
      stds_(as_channels(std_, dtype, device)) {}

at::Tensor Normalisation::operator()(const at::Tensor& images) const {
  const bool bytes = images.scalar_type() == at::kByte;
  if (bytes && images.is_cpu()) return on_cpu_from_bytes(images);
  at::Tensor normalised =
      images.to(dtype_, /*non_blocking=*/false, /*copy=*/true, at::MemoryFormat::ChannelsLast);
  if (bytes) normalised.div_(kByteRange);
  return normalised.sub_(means_).div_(stds_);
}

/// The same in one pass over the pixels.
at::Tensor Normalisation::on_cpu_from_bytes(const at::Tensor& images) const {
  const int64_t channels = images.size(1);
  const int64_t pixels = images.size(2) * images.size(3);
  at::Tensor normalised =
      at::empty(images.sizes(), images.options().dtype(dtype_), at::MemoryFormat::ChannelsLast);
  const auto* bytes = images.data_ptr<uint8_t>();
  AT_DISPATCH_FLOATING_TYPES(dtype_, "normalise", [&] {
    auto* values = normalised.data_ptr<scalar_t>();
    for (int64_t image = 0; image < images.size(0); ++image) {
      for (int64_t channel = 0; channel < channels; ++channel) {
        const auto scale = static_cast<scalar_t>(1.0 / (kByteRange * std_[channel]));
        const auto shift = static_cast<scalar_t>(-mean_[channel] / std_[channel]);
        const uint8_t* in = bytes + (image * channels + channel) * pixels;
        scalar_t* out = values + image * channels * pixels + channel;
        for (int64_t pixel = 0; pixel < pixels; ++pixel) {
          out[pixel * channels] = static_cast<scalar_t>(in[pixel]) * scale + shift;
        }
      }
    }
  });
  return normalised;
}

}  // namespace host::data
