#include "host/training/registration_check.h"

#include <spdlog/fmt/fmt.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/functions/accumulate_grad.h>

#include <algorithm>
#include <unordered_set>
#include <vector>

#include "host/base/errors.h"

namespace host::training {

namespace {

/// The leaf tensors that an autograd graph accumulates gradients in.
std::vector<at::Tensor> leaves_of(const at::Tensor& result) {
  std::vector<at::Tensor> leaves;
  std::unordered_set<const torch::autograd::Node*> seen;
  std::vector<torch::autograd::Node*> waiting{result.grad_fn().get()};
  while (!waiting.empty()) {
    auto* node = waiting.back();
    waiting.pop_back();
    if (node == nullptr || !seen.insert(node).second) continue;
    for (const auto& edge : node->next_edges()) waiting.push_back(edge.function.get());
    if (const auto* leaf = dynamic_cast<torch::autograd::AccumulateGrad*>(node)) {
      leaves.push_back(leaf->variable);
    }
  }
  return leaves;
}

[[noreturn]] void refuse(const plugin::Origin& origin, const char* function,
                         const at::Tensor& leaf) {
  throw PluginError(fmt::format(
      "{}: what {}() returns depends on a parameter of shape [{}] that is not registered, so it "
      "would never be trained or saved; pass it, or the module it belongs to, to "
      "register_parameter() or register_module()",
      plugin::subject(origin), function, fmt::join(leaf.sizes(), ", ")));
}

/// Rejects features that are detached from the model's parameters, unless none of these is trained.
void require_gradient(const plugin::Model& model, const at::Tensor& features) {
  if (features.requires_grad()) return;
  const auto parameters = model.object()->parameters();
  const bool none_is_trained =
      std::none_of(parameters.begin(), parameters.end(),
                   [](const auto& parameter) { return parameter.requires_grad(); });
  if (none_is_trained) return;
  throw PluginError(fmt::format(
      "{}: features() returned features without a gradient, so its parameters would never be "
      "trained; compute them from the parameters, without detach() or a NoGradGuard",
      plugin::subject(model.origin())));
}

}  // namespace

void RegistrationCheck::inspect(const sla::Embedding& embedding, const at::Tensor& loss) {
  if (looks_ == 2) return;
  ++looks_;
  require_gradient(network_.model(), embedding.features);
  std::unordered_set<const void*> registered;
  for (const auto& parameter : network_.parameters()) {
    registered.insert(parameter.unsafeGetTensorImpl());
  }
  std::unordered_set<const void*> of_model;
  for (const auto& leaf : leaves_of(embedding.features))
    of_model.insert(leaf.unsafeGetTensorImpl());
  std::vector<at::Tensor> found;
  for (const auto& leaf : leaves_of(loss)) {
    const void* identity = leaf.unsafeGetTensorImpl();
    if (registered.contains(identity)) continue;
    found.push_back(leaf);
    const bool was_there = std::any_of(suspects_.begin(), suspects_.end(),
                                       [&](const auto& suspect) { return suspect.is_same(leaf); });
    if (!was_there) continue;
    if (of_model.contains(identity)) refuse(network_.model().origin(), "features", leaf);
    refuse(network_.objective().origin(), "loss", leaf);
  }
  suspects_ = looks_ == 1 ? std::move(found) : std::vector<at::Tensor>();
}

}  // namespace host::training
