#include "host/assembly/network.h"

#include <algorithm>
#include <sstream>
#include <utility>

#include <ATen/core/grad_mode.h>

#include "host/base/errors.h"
#include "host/base/libtorch.h"

namespace host::assembly {

namespace {

std::string shape_text(const at::Tensor& tensor) {
  std::ostringstream text;
  text << tensor.sizes();
  return text.str();
}

/// Rejects a tensor with two names: it would be trained twice in each step.
void check_registered_once(const torch::nn::Module& network) {
  std::map<const c10::TensorImpl*, std::string> names;
  for (const auto& [name, tensor] : state_of(network)) {
    const auto [first, is_new] = names.emplace(tensor.unsafeGetTensorImpl(), name);
    if (is_new) continue;
    throw PluginError("the network registers one tensor as '" + first->second + "' and as '" +
                      name + "'; register what it shares once, and use it through that member");
  }
}

}  // namespace

std::map<std::string, at::Tensor> state_of(const torch::nn::Module& module) {
  std::map<std::string, at::Tensor> state;
  for (const auto& parameter : module.named_parameters()) {
    state[parameter.key()] = parameter.value();
  }
  for (const auto& buffer : module.named_buffers()) state[buffer.key()] = buffer.value();
  return state;
}

Network::Network(plugin::Model model, plugin::Objective objective, Precision precision,
                 at::Device device)
    : model_(std::move(model)),
      objective_(std::move(objective)),
      precision_(precision),
      device_(device) {
  register_module("base_model", model_.object());
  register_module("classifiers", objective_.object());
  check_registered_once(*this);
  const at::NoGradGuard no_grad;
  for (auto& [name, tensor] : state()) {
    const auto type = tensor.is_floating_point() ? dtype() : tensor.scalar_type();
    // Convolution weights in the images' memory format, so that no step converts them.
    const auto layout =
        tensor.dim() == 4 ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::Contiguous;
    tensor.set_data(tensor.to(device_, type).contiguous(layout));
  }
}

void Network::freeze(const std::set<std::string>& names) {
  std::set<const c10::TensorImpl*> frozen;
  for (auto& parameter : named_parameters()) {
    if (!names.contains(parameter.key())) continue;
    parameter.value().requires_grad_(false);
    frozen.insert(parameter.value().unsafeGetTensorImpl());
  }
  for (const auto& module : modules(/*include_self=*/false)) {
    const auto parameters = module->parameters();
    const bool is_frozen = std::all_of(
        parameters.begin(), parameters.end(),
        [&](const auto& parameter) { return frozen.contains(parameter.unsafeGetTensorImpl()); });
    if (!parameters.empty() && is_frozen) frozen_.push_back(module.get());
  }
  train(is_training());
}

void Network::train(bool on) {
  torch::nn::Module::train(on);
  for (auto* module : frozen_) module->eval();
}

sla::StagedFeatures Network::forward(const at::Tensor& inputs, bool maps) const {
  const libtorch::AutocastGuard autocast(precision_ == Precision::bf16, device_);
  sla::StagedFeatures found;
  if (maps) {
    found = model_.staged_features(inputs);
  } else {
    found.features = model_.features(inputs);
  }
  found.features = found.features.to(dtype());
  return found;
}

at::ScalarType Network::dtype() const {
  return precision_ == Precision::fp64 ? at::kDouble : at::kFloat;
}

void Network::load_state(const std::map<std::string, at::Tensor>& weights,
                         const std::string& source) {
  auto own = state();
  for (const auto& [name, tensor] : own) {
    const auto found = weights.find(name);
    if (found == weights.end()) {
      throw StorageError(source + " lacks tensor '" + name + "' (" + shape_text(tensor) +
                         "); it belongs to another model or objective");
    }
    if (found->second.sizes() != tensor.sizes()) {
      throw StorageError(source + ": tensor '" + name + "' has shape " + shape_text(found->second) +
                         ", expected " + shape_text(tensor) +
                         "; it belongs to another model or objective");
    }
  }
  for (const auto& [name, tensor] : weights) {
    if (!own.contains(name)) {
      throw StorageError(source + " has tensor '" + name + "' (" + shape_text(tensor) +
                         ") that the network does not have; it belongs to another model or "
                         "objective");
    }
  }
  const at::NoGradGuard no_grad;
  for (auto& [name, tensor] : own) tensor.copy_(weights.at(name));
}

}  // namespace host::assembly
