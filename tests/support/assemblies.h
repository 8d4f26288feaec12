#pragma once

#include <ATen/core/Tensor.h>

#include <string>

#include "host/assembly/assembly.h"

namespace tests {

/// Builds an experiment given in TOML, with the real plugins. Parts that are irrelevant to a test
/// may be omitted: the dataset (synthetic, small), the model, the length of training.
host::assembly::Assembly assembly_of(const std::string& experiment);

/// The largest absolute difference of two tensors of the same shape; other shapes fail the test.
double distance(const at::Tensor& a, const at::Tensor& b);

}  // namespace tests
