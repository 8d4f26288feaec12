#pragma once

#include <torch/csrc/jit/api/module.h>
#include <torch/nn/module.h>

namespace torchscript {

/// Registers the parameters and buffers of a TorchScript module with `module`, in submodules of the
/// same names. They are the very tensors that the script uses, so that what the host does to them
/// (moving, converting, training, restoring) reaches the script. A tensor that the script has under
/// several names is registered under the first alone, as it is to be trained once.
void register_tensors(const torch::jit::Module& script, torch::nn::Module& module);

}  // namespace torchscript
