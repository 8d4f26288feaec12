#pragma once

#include <torch/csrc/jit/api/module.h>

#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>

#include <filesystem>
#include <string>

namespace tests {

/// A convolution to 8 channels with stride 2, batch normalisation and dropout.
inline torch::jit::Module small_body(int64_t channels) {
  torch::jit::Module body("Body");
  body.register_attribute("training", c10::BoolType::get(), true);
  body.register_parameter("weight", at::randn({8, channels, 3, 3}).requires_grad_(),
                          /*is_buffer=*/false);
  body.register_parameter("scale", at::ones({8}).requires_grad_(), false);
  body.register_parameter("shift", at::zeros({8}).requires_grad_(), false);
  body.register_buffer("running_mean", at::zeros({8}));
  body.register_buffer("running_var", at::ones({8}));
  body.define(R"(
def forward(self, x):
    y = torch.conv2d(x, self.weight, None, [2, 2], [1, 1])
    y = torch.batch_norm(y, self.scale, self.shift, self.running_mean, self.running_var,
                         self.training, 0.1, 0.00001, False)
    return torch.dropout(torch.relu(y), 0.2, self.training)
)");
  return body;
}

/// Writes a small network, with its layers in a submodule, that maps images [R, 3, H, W] to feature
/// maps [R, 8, H/2, W/2].
inline void write_small_network(const std::filesystem::path& file) {
  torch::jit::Module net("Net");
  net.register_attribute("training", c10::BoolType::get(), true);
  net.register_module("body", small_body(3));
  net.define("def forward(self, x):\n    return self.body.forward(x)\n");
  net.save(file.string());
}

/// The same with two submodules, one after the other.
inline void write_two_layers(const std::filesystem::path& file) {
  torch::jit::Module net("Net");
  net.register_attribute("training", c10::BoolType::get(), true);
  net.register_module("first", small_body(3));
  net.register_module("second", small_body(8));
  net.define("def forward(self, x):\n    return self.second.forward(self.first.forward(x))\n");
  net.save(file.string());
}

}  // namespace tests
