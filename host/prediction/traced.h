#pragma once

#include <torch/csrc/jit/api/module.h>
#include <torch/nn/module.h>

#include <ATen/core/Tensor.h>

#include <functional>

namespace host::prediction {

/// Records what `function` does to a batch [B, ...] as a module with one
/// method, `forward`, for any number of images: traces it for 2 and for 3 of
/// `images` (at least 3) and makes what differs depend on the input. The
/// parameters and buffers of `network` become its own, under the same names,
/// and what other tensors `function` holds become buffers, so that all of it
/// can be moved to another device. Throws Error if the two traces differ in
/// more than sizes.
torch::jit::Module traced(const std::function<at::Tensor(const at::Tensor&)>& function,
                          const torch::nn::Module& network, const at::Tensor& images);

}  // namespace host::prediction
