#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <map>
#include <string>

namespace sla {

/// B labelled images, on the CPU when a dataset returns them, on the training device when an
/// objective sees them.
struct Batch {
  /// [B, C, H, W], contiguous; uint8 in 0..255 where the source is, else floating point in 0..1.
  at::Tensor images;
  /// [B] int64, the class of each image.
  at::Tensor labels;
  /// Whatever else a dataset or its sampler says of the images, by name, such as which rows of an
  /// episode are its support. First dimension B; moved to the device with the rest. An objective
  /// that reads one documents its name, shape and dtype.
  std::map<std::string, at::Tensor> annotations = {};
  /// Integers that say something of the batch as a whole, by name, such as how many episodes it
  /// holds. They stay on the CPU, so that reading one never waits for the device.
  std::map<std::string, int64_t> numbers = {};
};

}  // namespace sla
