#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "host/experiment/options.h"

namespace host::data {

/// Turns images into what a model takes: (x - mean) / std for x in 0..1, floating point,
/// channels_last.
class Normalisation {
 public:
  /// Throws Error unless mean and std have one value or one per channel.
  Normalisation(const experiment::NormalisationOptions& options, int64_t channels,
                at::ScalarType dtype);

  /// Images [R, C, H, W], contiguous, uint8 in 0..255 or floating point in 0..1, any device.
  at::Tensor operator()(const at::Tensor& images) const;

 private:
  at::Tensor on_cpu_from_bytes(const at::Tensor& images) const;

  at::ScalarType dtype_;
  std::vector<double> mean_;
  std::vector<double> std_;
};

}  // namespace host::data
