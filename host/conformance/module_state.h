#pragma once

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "host/conformance/report.h"

namespace host::conformance {

/// Makes what is floating point of this type, as the host does; numbers and masks stay.
void convert(const torch::nn::Module& module, at::ScalarType dtype);

/// Copies of its parameters and buffers, by name.
std::map<std::string, at::Tensor> copy_of_state(const torch::nn::Module& module);

/// Copies `state` into another module of the same kind. Throws Failure where the names differ.
void load_state(torch::nn::Module& module, const std::map<std::string, at::Tensor>& state);

/// A small step against each gradient; gradients are then gone.
void descend(torch::nn::Module& module);

/// Calls `backward` with 0, 1, 2, descending in between, and throws Failure unless every parameter
/// gets a gradient that is not zero at least once (a branch that begins at zero is reached only
/// after a step), and none that is not finite.
void expect_gradients(torch::nn::Module& module, const std::function<void(int64_t)>& backward);

}  // namespace host::conformance
