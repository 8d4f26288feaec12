#pragma once

#include <sla/embedding.h>

#include <ATen/core/Tensor.h>

#include <vector>

#include "host/assembly/network.h"

namespace host::training {

/// Rejects a parameter that the loss depends on but that is not registered: it would get gradients
/// yet never be trained, moved or saved; and features that no parameter of the model gets a
/// gradient from. Compares the first two losses, so that a tensor created for one of them is not
/// mistaken for a parameter.
class RegistrationCheck {
 public:
  explicit RegistrationCheck(const assembly::Network& network) : network_(network) {}

  /// Called before the backward pass. Throws PluginError naming the component.
  void inspect(const sla::Embedding& embedding, const at::Tensor& loss);

 private:
  const assembly::Network& network_;
  /// What the first loss depends on: held, so that no tensor of the second is at the same address.
  std::vector<at::Tensor> suspects_;
  int looks_ = 0;
};

}  // namespace host::training
