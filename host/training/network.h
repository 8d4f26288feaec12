#pragma once

#include <sla/model.h>
#include <sla/objective.h>
#include <torch/nn/module.h>

#include <ATen/core/Tensor.h>

#include <map>
#include <string>

#include "host/plugin/factory.h"

namespace host::training {

/// Number format of the model's computation.
enum class Precision { fp32, bf16, fp64 };

/// "fp32", "bf16" or "fp64".
Precision precision_of(const std::string& name);

/// A module's parameters and buffers by name; the tensors are the live ones.
std::map<std::string, at::Tensor> state_of(const torch::nn::Module& module);

/// A model and the heads that an objective put on it: the state `base_model.*` and `classifiers.*`.
class Network final : public torch::nn::Module {
 public:
  Network(plugin::Component<sla::Model> model, plugin::Component<sla::Objective> objective,
          Precision precision, at::Device device);

  /// The features of prepared images, in float32 (fp64: float64) whatever the model computes in.
  at::Tensor features(const at::Tensor& images) const;

  const plugin::Component<sla::Model>& model() const { return model_; }
  const plugin::Component<sla::Objective>& objective() const { return objective_; }
  Precision precision() const { return precision_; }

  /// Type of the weights and of the images that features() takes.
  at::ScalarType dtype() const;

  /// state_of() this.
  std::map<std::string, at::Tensor> state() const { return state_of(*this); }

  /// Copies `weights` into the state. Throws StorageError naming `source` and the first tensor that
  /// is missing, left over or of another shape; the network then is as before.
  void load_state(const std::map<std::string, at::Tensor>& weights, const std::string& source);

 private:
  plugin::Component<sla::Model> model_;
  plugin::Component<sla::Objective> objective_;
  Precision precision_;
  at::Device device_;
  int64_t feature_size_;
};

}  // namespace host::training
