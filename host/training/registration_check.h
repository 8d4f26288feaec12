#pragma once

#include <sla/embedding.h>

#include <ATen/core/Tensor.h>

#include <unordered_set>

#include "host/assembly/network.h"

namespace host::training {

/// Rejects a parameter that the loss depends on but that is not registered: it would get gradients
/// yet never be trained, moved or saved. Compares the first two iterations, so that a tensor
/// created within one iteration is not mistaken for a parameter.
class RegistrationCheck {
 public:
  explicit RegistrationCheck(const assembly::Network& network) : network_(network) {}

  /// Called before the backward pass. Throws PluginError naming the component.
  void inspect(const sla::Embedding& embedding, const at::Tensor& loss);

 private:
  const assembly::Network& network_;
  std::unordered_set<const void*> suspects_;
  int iterations_ = 0;
};

}  // namespace host::training
