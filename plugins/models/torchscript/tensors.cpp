#include "tensors.h"

#include <set>
#include <utility>

namespace torchscript {

namespace {

/// A part of the script's tree, for the names, and for the mode of what is not trained.
class Part final : public torch::nn::Module {
 public:
  explicit Part(torch::jit::Module script) : script_(std::move(script)) {}

  void train(bool on) override {
    torch::nn::Module::train(on);
    script_.train(on);
  }

 private:
  torch::jit::Module script_;
};

class Registration {
 public:
  void add(const torch::jit::Module& script, torch::nn::Module& module) {
    for (const auto& entry : script.named_parameters(/*recurse=*/false)) {
      if (!is_new(entry.value)) continue;
      module.register_parameter(entry.name, entry.value, entry.value.requires_grad());
    }
    for (const auto& entry : script.named_buffers(/*recurse=*/false)) {
      if (is_new(entry.value)) module.register_buffer(entry.name, entry.value);
    }
    for (const auto& child : script.named_children()) {
      add(child.value, *module.register_module(child.name, std::make_shared<Part>(child.value)));
    }
  }

 private:
  bool is_new(const at::Tensor& tensor) {
    return tensor.defined() && found_.insert(tensor.unsafeGetTensorImpl()).second;
  }

  std::set<const c10::TensorImpl*> found_;
};

}  // namespace

void register_tensors(const torch::jit::Module& script, torch::nn::Module& module) {
  Registration().add(script, module);
}

}  // namespace torchscript
