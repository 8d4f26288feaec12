#pragma once

#include <torch/csrc/jit/api/module.h>

#include <optional>
#include <string>

namespace torchscript {

/// Reads a TorchScript module into the CPU's memory. Throws sla::Error if the file is missing, is
/// no TorchScript that this LibTorch reads, or has no forward().
torch::jit::Module read_script(const std::string& file);

/// The mode that tracing wrote into operators such as batch normalisation and dropout: true for
/// training, false for evaluation. None if they follow train(), or if there are none.
std::optional<bool> traced_mode(const torch::jit::Module& script);

/// Why LibTorch failed: its message without the stack of C++ functions or TorchScript lines.
std::string reason(const std::exception& error);

}  // namespace torchscript
