#pragma once

#include <ATen/core/Tensor.h>

#include <string>

#include "host/training/assembly.h"

namespace tests {

/// Builds what an experiment in TOML says, through the real plugins. Parts that a test does not
/// care about may be left out: the dataset (synthetic, small), the model, the length of training.
host::training::Assembly assembly_of(const std::string& experiment);

/// The largest absolute difference of two tensors of one shape; shapes that differ fail the test.
double distance(const at::Tensor& a, const at::Tensor& b);

}  // namespace tests
