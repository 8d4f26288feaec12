#pragma once

#include <torch/nn/module.h>

#include <cstdint>
#include <memory>

#include "sla/head.h"

namespace sla {

/// Computes features of images. A torch module, constructed with
/// `(const Parameters&, const ImageShape&, Host&)`: parameters and buffers that it registers are
/// trained, saved and moved to the device by the host, under `base_model.` in state names.
/// Everything that must survive a resumed run belongs in a buffer. Called from the training thread
/// only.
class Model : public torch::nn::Module {
 public:
  /// Features [R, D] of images [R, C, H, W], normalised, floating point, channels_last in memory.
  /// Under bf16 the call is autocast and the host turns the features into float32. R is at
  /// least 1.
  virtual at::Tensor features(const at::Tensor& images) = 0;

  /// The size D of one feature.
  virtual int64_t feature_size() const = 0;

  /// A new head that maps features to `outputs` logits; the objective that asks registers it.
  virtual std::shared_ptr<Head> make_head(int64_t outputs) {
    return std::make_shared<LinearHead>(feature_size(), outputs);
  }
};

}  // namespace sla
