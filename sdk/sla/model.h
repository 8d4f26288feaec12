#pragma once

#include <torch/nn/module.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "sla/error.h"
#include "sla/head.h"

namespace sla {

/// A model's features of images, with the feature maps of its stages.
struct StagedFeatures {
  /// [R, D], as returned by Model::features.
  at::Tensor features;
  /// [R, C_s, H_s, W_s] for each stage s, in the order of Model::stage_channels.
  std::vector<at::Tensor> maps;
};

/// Computes features of images. A torch module, constructed with
/// `(const Parameters&, const ImageShape&, Host&)`: the host trains, saves and moves to the device
/// the parameters and buffers that it registers, under `base_model.` in state names.
/// State that must survive resuming belongs in a buffer. Called from the training thread
/// only.
class Model : public torch::nn::Module {
 public:
  /// Features [R, D] of images [R, C, H, W], normalised, floating point, channels_last in memory.
  /// Under bf16 the call runs with autocast, and the host converts the features to float32. R is at
  /// least 1. Must not edit its input. The features depend on the parameters that are trained.
  virtual at::Tensor features(const at::Tensor& images) = 0;

  /// The size D of a feature vector.
  virtual int64_t feature_size() const = 0;

  /// A new head that maps features to `outputs` logits; the calling objective registers it.
  virtual std::shared_ptr<Head> make_head(int64_t outputs) {
    return std::make_shared<LinearHead>(feature_size(), outputs);
  }

  /// The channels C_s of each stage's feature map, from input to features. Empty: the model offers
  /// no maps, and the host rejects objectives that need them.
  virtual std::vector<int64_t> stage_channels() const { return {}; }

  /// The features and the feature map at the end of each stage, in one pass. Called instead of
  /// features() if the objective needs maps; override it together with
  /// stage_channels().
  virtual StagedFeatures staged_features(const at::Tensor& images) {
    (void)images;
    throw Error("the model has stage_channels() but does not override staged_features()");
  }
};

}  // namespace sla
