#include "host/training/step.h"

#include <cmath>
#include <string>
#include <utility>

#include <ATen/core/grad_mode.h>

#include "host/plugin/contracts.h"
#include "host/training/nonfinite.h"

namespace host::training {

namespace {

const std::string kAdvice =
    NonFiniteError::kAdvice + std::string(
                                  ", or leave such iterations out (training.nonfinite_loss = "
                                  "\"skip\")");

Optimizer::NamedTensors trainable(const Network& network) {
  Optimizer::NamedTensors parameters;
  for (const auto& parameter : network.named_parameters()) {
    if (parameter.value().requires_grad()) {
      parameters.emplace_back(parameter.key(), parameter.value());
    }
  }
  return parameters;
}

int64_t length(const experiment::TrainingOptions& options, int64_t per_epoch) {
  return options.total_iterations > 0 ? options.total_iterations : options.total_epochs * per_epoch;
}

}  // namespace

Step::Step(const Assembly& assembly, int64_t iterations_per_epoch)
    : assembly_(assembly),
      iterations_per_epoch_(iterations_per_epoch),
      total_iterations_(length(assembly.experiment.training, iterations_per_epoch)),
      schedule_(assembly.experiment.schedule, total_iterations_, iterations_per_epoch),
      optimizer_(make_optimizer(assembly.experiment.optimizer, trainable(*assembly.network))),
      views_(assembly.network->objective().call(
          "training_views", [](const auto& objective) { return objective.training_views(); })),
      checks_finite_(assembly.device.is_cpu() ||
                     assembly.experiment.training.nonfinite_loss != "stop"),
      buffers_(assembly.network->buffers()) {
  for (const at::Tensor& buffer : buffers_) buffers_before_.push_back(buffer.detach().clone());
}

double Step::learning_rate(int64_t iteration) const {
  return assembly_.experiment.optimizer.learning_rate * schedule_.factor(iteration);
}

sla::Loss Step::operator()(int64_t iteration, sla::Batch batch) {
  remember_buffers();
  try {
    sla::Loss loss = forward_and_backward(iteration, std::move(batch));
    if (checks_finite_) check_gradients(iteration);
    optimizer_->step(learning_rate(iteration));
    return loss;
  } catch (...) {
    undo();
    throw;
  }
}

sla::Loss Step::forward_and_backward(int64_t iteration, sla::Batch batch) {
  Network& network = *assembly_.network;
  // What plugins draw from LibTorch (dropout) is a function of the iteration, too.
  at::manual_seed(assembly_.random("step").child(iteration).next());

  batch = assembly_.preparation.to_device(std::move(batch));
  const at::Tensor images =
      assembly_.preparation.model_input(std::exchange(batch.images, {}), views_);
  const sla::Embedding embedding{network.features(images), views_, batch};
  const sla::Progress progress{iteration, total_iterations_, iterations_per_epoch_};
  sla::Loss loss = network.objective().call(
      "loss", [&](sla::Objective& objective) { return objective.loss(embedding, progress); });
  plugin::check_loss(loss, network.objective().origin);
  if (checks_finite_ && !std::isfinite(loss.total.item<double>())) {
    throw NonFiniteError("the loss", iteration, kAdvice);
  }
  network.objective().call("backward", [&](sla::Objective&) { loss.total.backward(); });
  return loss;
}

void Step::check_gradients(int64_t iteration) const {
  const std::string name = optimizer_->nonfinite_gradient();
  if (!name.empty()) throw NonFiniteError("the gradient of " + name, iteration, kAdvice);
}

void Step::remember_buffers() {
  const at::NoGradGuard no_grad;
  for (size_t i = 0; i < buffers_.size(); ++i) buffers_before_[i].copy_(buffers_[i]);
}

void Step::undo() {
  const at::NoGradGuard no_grad;
  for (size_t i = 0; i < buffers_.size(); ++i) buffers_[i].copy_(buffers_before_[i]);
  optimizer_->drop_gradients();
}

}  // namespace host::training
