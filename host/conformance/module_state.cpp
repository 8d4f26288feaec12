#include "host/conformance/module_state.h"

#include <set>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/isfinite.h>

#include "host/assembly/network.h"

namespace host::conformance {

void convert(const torch::nn::Module& module, at::ScalarType dtype) {
  const at::NoGradGuard no_grad;
  for (auto& [name, tensor] : assembly::state_of(module)) {
    if (tensor.is_floating_point()) tensor.set_data(tensor.to(dtype));
  }
}

std::map<std::string, at::Tensor> copy_of_state(const torch::nn::Module& module) {
  std::map<std::string, at::Tensor> state;
  for (const auto& [name, tensor] : assembly::state_of(module))
    state[name] = tensor.detach().clone();
  return state;
}

void load_state(torch::nn::Module& module, const std::map<std::string, at::Tensor>& state) {
  const at::NoGradGuard no_grad;
  auto own = assembly::state_of(module);
  expect(own.size() == state.size(), "two objects with the same parameters have different state");
  for (auto& [name, tensor] : own) {
    const auto found = state.find(name);
    expect(found != state.end(),
           "two objects with the same parameters have different state: " + name);
    tensor.copy_(found->second);
  }
}

void expect_state(const torch::nn::Module& module,
                  const std::map<std::string, at::Tensor>& expected, const std::string& when) {
  for (const auto& [name, tensor] : assembly::state_of(module)) {
    expect_same(tensor, expected.at(name), name + " " + when);
  }
}

void descend(torch::nn::Module& module) {
  const at::NoGradGuard no_grad;
  for (auto& parameter : module.parameters()) {
    if (!parameter.grad().defined()) continue;
    parameter.sub_(parameter.grad(), 0.01);
    parameter.mutable_grad().reset();
  }
}

void expect_gradients(torch::nn::Module& module, const std::function<void(int64_t)>& backward) {
  std::set<std::string> unreached;
  for (const auto& parameter : module.named_parameters()) {
    if (parameter.value().requires_grad()) unreached.insert(parameter.key());
  }
  for (int64_t round = 0; round < 3; ++round) {
    backward(round);
    for (const auto& parameter : module.named_parameters()) {
      const auto& gradient = parameter.value().grad();
      if (!gradient.defined()) continue;
      expect(at::isfinite(gradient).all().item<bool>(),
             "the gradient of parameter " + parameter.key() + " is not finite");
      if (gradient.abs().max().item<double>() > 0) unreached.erase(parameter.key());
    }
    descend(module);
  }
  if (!unreached.empty()) {
    throw Failure("only zero gradients reach parameter " + *unreached.begin());
  }
}

}  // namespace host::conformance
