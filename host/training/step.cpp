#include "host/training/step.h"

#include <utility>

namespace host::training {

namespace {

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
          "training_views", [](const auto& objective) { return objective.training_views(); })) {}

double Step::learning_rate(int64_t iteration) const {
  return assembly_.experiment.optimizer.learning_rate * schedule_.factor(iteration);
}

sla::Loss Step::operator()(int64_t iteration, sla::Batch batch) {
  Network& network = *assembly_.network;
  // What plugins draw from LibTorch (dropout) is a function of the iteration, too.
  at::manual_seed(assembly_.random("step").child(iteration).next());

  batch = assembly_.preparation.to_device(std::move(batch));
  const at::Tensor images =
      assembly_.preparation.model_input(std::exchange(batch.images, {}), views_);
  const sla::Embedding embedding{network.features(images), views_, batch};
  const sla::Progress progress{iteration, total_iterations_, iterations_per_epoch_};
  const sla::Loss loss = network.objective().call(
      "loss", [&](sla::Objective& objective) { return objective.loss(embedding, progress); });

  network.objective().call("backward", [&](sla::Objective&) { loss.total.backward(); });
  optimizer_->step(learning_rate(iteration));
  return loss;
}

}  // namespace host::training
