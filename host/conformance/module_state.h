#pragma once

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

#include <map>
#include <string>

#include "host/conformance/report.h"

namespace host::conformance {

/// Parameters and buffers by name: the live tensors.
std::map<std::string, at::Tensor> live_state(const torch::nn::Module& module);

/// Copies of them.
std::map<std::string, at::Tensor> copy_of_state(const torch::nn::Module& module);

/// Copies `state` into another module of the same kind. Throws Failure where the names differ.
void load_state(torch::nn::Module& module, const std::map<std::string, at::Tensor>& state);

/// Throws Failure unless every parameter of the module has a gradient that is finite and somewhere
/// not zero.
void expect_gradients(const torch::nn::Module& module);

/// A small step against each gradient; gradients are then gone.
void descend(torch::nn::Module& module);

}  // namespace host::conformance
