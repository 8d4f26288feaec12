#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "host/experiment/options.h"

namespace host::data {

/// Converts images to a model's input: (x - mean) / std for x in 0..1, floating point,
/// channels_last.
class Normalisation {
 public:
  /// For images on a device. Throws ExperimentError unless mean and std have one value or one per
  /// channel.
  Normalisation(const experiment::NormalisationOptions& options, int64_t channels,
                at::ScalarType dtype, at::Device device);

  /// Images [R, C, H, W], contiguous, uint8 in 0..255 or floating point in 0..1, on the device.
  at::Tensor operator()(const at::Tensor& images) const;

 private:
  at::Tensor on_cpu_from_bytes(const at::Tensor& images) const;

  at::ScalarType dtype_;
  std::vector<double> mean_;
  std::vector<double> std_;
  // The same on the device, [1, C, 1, 1], so that no step has to copy them.
  at::Tensor means_;
  at::Tensor stds_;
};

}  // namespace host::data
