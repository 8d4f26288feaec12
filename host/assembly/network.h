#pragma once

#include <sla/embedding.h>
#include <torch/nn/module.h>

#include <ATen/core/Tensor.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "host/experiment/options.h"
#include "host/plugin/model.h"
#include "host/plugin/objective.h"

namespace host::assembly {

using experiment::Precision;

/// A module's parameters and buffers by name; the tensors share the module's memory.
std::map<std::string, at::Tensor> state_of(const torch::nn::Module& module);

/// Beginnings of the names in a network's state.
inline constexpr const char* kModelPrefix = "base_model.";
inline constexpr const char* kHeadsPrefix = "classifiers.";

/// A model and an objective's heads.
class Network final : public torch::nn::Module {
 public:
  Network(plugin::Model model, plugin::Objective objective, Precision precision, at::Device device);

  /// Features of normalised images, in float32 (fp64: float64) whatever the model computes in; with
  /// the feature maps of its stages if `maps` is set.
  sla::StagedFeatures forward(const at::Tensor& inputs, bool maps) const;

  /// Stops training these parameters. Modules without any other then stay in evaluation mode, so
  /// that their batch normalisation keeps its statistics, too.
  void freeze(const std::set<std::string>& names);

  /// Training mode (of what is not frozen) or evaluation mode.
  void train(bool on = true) override;

  const plugin::Model& model() const { return model_; }
  const plugin::Objective& objective() const { return objective_; }
  Precision precision() const { return precision_; }

  /// dtype of the weights and of forward()'s input.
  at::ScalarType dtype() const;

  /// state_of() of this network.
  std::map<std::string, at::Tensor> state() const { return state_of(*this); }

  /// Copies `weights` into the state. Throws StorageError naming `source` and the first tensor that
  /// is missing, unexpected or of another shape; the network is then unchanged.
  void load_state(const std::map<std::string, at::Tensor>& weights, const std::string& source);

 private:
  plugin::Model model_;
  plugin::Objective objective_;
  Precision precision_;
  at::Device device_;
  /// Not owned: modules of the network that freeze() stopped.
  std::vector<torch::nn::Module*> frozen_;
};

/// Switches a network to evaluation mode while this object lives, then restores its mode.
class EvaluationMode {
 public:
  explicit EvaluationMode(Network& network)
      : network_(network), was_training_(network.is_training()) {
    network_.eval();
  }
  ~EvaluationMode() { network_.train(was_training_); }
  EvaluationMode(const EvaluationMode&) = delete;
  EvaluationMode& operator=(const EvaluationMode&) = delete;

 private:
  Network& network_;
  bool was_training_;
};

}  // namespace host::assembly
