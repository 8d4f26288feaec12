#include "host/training/network.h"

#include <sstream>
#include <utility>

#include <ATen/core/grad_mode.h>

#include "host/errors.h"
#include "host/libtorch.h"
#include "host/plugin/contracts.h"

namespace host::training {

namespace {

std::string shape_text(const at::Tensor& tensor) {
  std::ostringstream text;
  text << tensor.sizes();
  return text.str();
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

Precision precision_of(const std::string& name) {
  if (name == "bf16") return Precision::bf16;
  return name == "fp64" ? Precision::fp64 : Precision::fp32;
}

Network::Network(plugin::Component<sla::Model> model, plugin::Component<sla::Objective> objective,
                 Precision precision, at::Device device)
    : model_(std::move(model)),
      objective_(std::move(objective)),
      precision_(precision),
      device_(device),
      feature_size_(model_.call("feature_size", [](const auto& it) { return it.feature_size(); })) {
  register_module("base_model", model_.object);
  register_module("classifiers", objective_.object);
  const at::NoGradGuard no_grad;
  for (auto& [name, tensor] : state()) {
    const auto type = tensor.is_floating_point() ? dtype() : tensor.scalar_type();
    // Convolution weights in the layout of the images, so that no step reorders them.
    const auto layout =
        tensor.dim() == 4 ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::Contiguous;
    tensor.set_data(tensor.to(device_, type).contiguous(layout));
  }
}

at::Tensor Network::features(const at::Tensor& images) const {
  const libtorch::AutocastGuard autocast(precision_ == Precision::bf16, device_);
  const auto found =
      model_.call("features", [&](sla::Model& model) { return model.features(images); });
  plugin::check_features(found, images.size(0), feature_size_, model_.origin);
  return found.to(dtype());
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
                         "); it holds the weights of another model or objective");
    }
    if (found->second.sizes() != tensor.sizes()) {
      throw StorageError(source + ": tensor '" + name + "' has shape " + shape_text(found->second) +
                         ", expected " + shape_text(tensor) +
                         "; it holds the weights of another model or objective");
    }
  }
  for (const auto& [name, tensor] : weights) {
    if (!own.contains(name)) {
      throw StorageError(source + " has tensor '" + name + "' (" + shape_text(tensor) +
                         ") that the network does not; it holds the weights of another model or "
                         "objective");
    }
  }
  const at::NoGradGuard no_grad;
  for (auto& [name, tensor] : own) tensor.copy_(weights.at(name));
}

}  // namespace host::training
