#pragma once

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "host/conformance/report.h"

namespace host::conformance {

/// Converts floating-point state to this dtype, as the host does; integers and masks stay.
void convert(const torch::nn::Module& module, at::ScalarType dtype);

/// Copies of its parameters and buffers, by name.
std::map<std::string, at::Tensor> copy_of_state(const torch::nn::Module& module);

/// Copies `state` into another module of the same kind. Throws Failure if the names differ.
void load_state(torch::nn::Module& module, const std::map<std::string, at::Tensor>& state);

/// Throws Failure unless the module's state is `expected`; `when` ends the message, as in
/// "running_mean after an evaluation".
void expect_state(const torch::nn::Module& module,
                  const std::map<std::string, at::Tensor>& expected, const std::string& when);

/// Takes a small step against each gradient, then clears the gradients.
void descend(torch::nn::Module& module);

/// Calls `backward` with 0, 1, 2, with a descent step after each. Throws Failure unless every
/// parameter gets a nonzero gradient at least once (a branch initialised to zero is reached only
/// after a step), and all gradients are finite.
void expect_gradients(torch::nn::Module& module, const std::function<void(int64_t)>& backward);

}  // namespace host::conformance
