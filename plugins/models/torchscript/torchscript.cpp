#include <sla/dataset.h>
#include <sla/describe.h>
#include <sla/error.h>
#include <sla/host.h>
#include <sla/model.h>
#include <sla/plugin.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/runtime/graph_executor.h>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <string>

#include "script_file.h"
#include "tensors.h"

namespace {

/// A module that Python wrote with torch.jit.script or torch.jit.trace, as the feature extractor.
/// It maps images [R, C, H, W] to features [R, D], or to feature maps [R, D, h, w], which are
/// averaged over the pixels. Parameters and buffers keep their names. What else the module may
/// keep, such as a number as attribute, is not saved.
class TorchScript final : public sla::Model {
 public:
  static std::vector<sla::Parameter> parameters() {
    return {{.name = "file",
             .default_value = std::string(),
             .help = "file written by torch.jit.script(module).save(path)",
             .required = true,
             .is_path = true}};
  }

  TorchScript(const sla::Parameters& parameters, const sla::ImageShape& shape, sla::Host& host)
      : file_(parameters.text("file")), script_(torchscript::read_script(file_)) {
    check_mode(host);
    torchscript::register_tensors(script_, *this);
    if (sla::Model::parameters().empty()) {
      throw sla::Error(file_ + " has no parameters to train; torch.jit.freeze and " +
                       "optimize_for_inference remove them, so save the module without");
    }
    say_what_is_not_trained(host);
    eval();
    feature_size_ = probed_feature_size(shape);
    train();
  }

  void train(bool on = true) override {
    sla::Model::train(on);
    script_.train(on);
  }

  at::Tensor features(const at::Tensor& images) override {
    // The optimising executor may run its first calls, which it learns from, in other kernels than
    // the following: a resumed run would differ.
    const torch::jit::GraphOptimizerEnabledGuard not_optimised(false);
    const auto result = script_.forward({images});
    if (!result.isTensor()) {
      throw sla::Error(file_ + ": forward() returned a " + result.tagKind() +
                       "; expected one tensor, so wrap the module in one that picks it");
    }
    const at::Tensor found = result.toTensor();
    return found.dim() == 4 ? found.mean({2, 3}) : found;
  }

  int64_t feature_size() const override { return feature_size_; }

 private:
  void check_mode(sla::Host& host) const {
    const auto mode = torchscript::traced_mode(script_);
    if (!mode) return;
    if (*mode) {
      throw sla::Error(file_ + " was traced in training mode: in evaluation, too, it would use " +
                       "dropout or the batch's own statistics; use torch.jit.script, or trace " +
                       "module.eval()");
    }
    host.log(sla::LogLevel::warning,
             file_ +
                 " was traced in evaluation mode: while it is trained, its batch normalisation " +
                 "keeps the statistics of the file, and its dropout drops nothing; use " +
                 "torch.jit.script to train them as usual");
  }

  /// The file says which parameters are not trained.
  void say_what_is_not_trained(sla::Host& host) const {
    const auto all = sla::Model::parameters();
    const auto fixed = std::count_if(all.begin(), all.end(),
                                     [](const auto& tensor) { return !tensor.requires_grad(); });
    if (fixed == 0) return;
    host.log(sla::LogLevel::warning,
             std::to_string(fixed) + " of the " + std::to_string(all.size()) + " parameters in " +
                 file_ + " are not trained: they were saved with requires_grad = False");
  }

  int64_t probed_feature_size(const sla::ImageShape& shape) {
    const at::NoGradGuard no_grad;
    constexpr int64_t kImages = 2;
    const auto images = at::zeros({kImages, shape.channels, shape.height, shape.width},
                                  sla::Model::parameters().front().options().requires_grad(false));
    at::Tensor found;
    try {
      found = features(images);
    } catch (const sla::Error&) {
      throw;
    } catch (const std::exception& error) {
      throw sla::Error(file_ + ": forward() does not take images of " + sla::describe(images) +
                       ": " + torchscript::reason(error));
    }
    if (found.dim() != 2 || found.size(0) != kImages) {
      throw sla::Error(file_ + ": forward() returned " + sla::describe(found) + " for images " +
                       sla::describe(images) + "; expected features [2, D] or maps [2, D, h, w]");
    }
    return found.size(1);
  }

  std::string file_;
  torch::jit::Module script_;
  int64_t feature_size_ = 0;
};

}  // namespace

SLA_PLUGIN("1.0.0", sla::component<TorchScript>("torchscript", "A module from Python's torch.jit"))
