#include "host/training/step.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>

#include "host/assembly/forward.h"
#include "host/assembly/parameter_groups.h"
#include "host/assembly/weights_file.h"
#include "host/base/errors.h"
#include "host/base/libtorch.h"
#include "host/data/batch_tensors.h"
#include "host/training/nonfinite.h"
#include "host/training/part_losses.h"

namespace host::training {

namespace {

const std::string kAdvice =
    NonFiniteError::kAdvice + std::string(
                                  ", or resume this one with training.nonfinite_loss = "
                                  "\"skip\" to skip such iterations");

/// The parameters that are trained, with what their groups ask for.
std::vector<Optimizer::Parameter> trainable(const assembly::Assembly& assembly) {
  const auto& options = assembly.experiment.optimizer;
  std::vector<Optimizer::Parameter> parameters;
  for (const auto& parameter : assembly.network->named_parameters()) {
    const at::Tensor& tensor = parameter.value();
    if (!tensor.requires_grad()) continue;
    const bool decays = options.decay_norms_and_biases || tensor.dim() > 1;
    Optimizer::Parameter trained{parameter.key(), tensor, decays ? options.weight_decay : 0};
    const auto* group = assembly::group_of(assembly.experiment.parameter_groups, trained.name);
    if (group != nullptr) {
      trained.weight_decay *= group->weight_decay_factor;
      trained.learning_rate_factor = group->learning_rate_factor;
    }
    parameters.push_back(std::move(trained));
  }
  return parameters;
}

std::vector<at::Tensor> trained_tensors(const assembly::Network& network) {
  std::vector<at::Tensor> tensors;
  for (const at::Tensor& parameter : network.parameters()) {
    if (parameter.requires_grad()) tensors.push_back(parameter);
  }
  return tensors;
}

at::Tensor weighted(const at::Tensor& share, const at::Tensor& first, const at::Tensor& second) {
  return share * first + (1 - share) * second;
}

/// The loss of mixed images: the losses for both label sets, weighted by their shares (Zhang et
/// al., "mixup", ICLR 2018; Yun et al., "CutMix", ICCV 2019).
sla::Loss mixed_loss(sla::Loss first, const plugin::Objective& objective,
                     const sla::Embedding& embedding, const sla::Phase& phase) {
  sla::Batch partner = embedding.batch;
  partner.labels = embedding.batch.mixed->labels;
  const sla::Loss second = objective.loss({.features = embedding.features,
                                           .feature_maps = embedding.feature_maps,
                                           .inputs = embedding.inputs,
                                           .views = embedding.views,
                                           .copies = embedding.copies,
                                           .batch = partner},
                                          phase);
  if (!std::equal(first.terms.begin(), first.terms.end(), second.terms.begin(), second.terms.end(),
                  [](const auto& a, const auto& b) {
                    return a.name == b.name && a.weight.defined() == b.weight.defined();
                  })) {
    throw PluginError(plugin::subject(objective.origin()) +
                      ": loss() returned other terms, or other weights, for the second labels of "
                      "mixed images than for the first; expected the same");
  }
  for (size_t i = 0; i < first.terms.size(); ++i) {
    auto& term = first.terms[i];
    const auto& other = second.terms[i];
    const at::Tensor share = embedding.batch.mixed->share.to(term.mean.scalar_type());
    term.mean = weighted(share, term.mean, other.mean);
    if (term.weight.defined()) term.weight = weighted(share, term.weight, other.weight);
  }
  return first;
}

/// LibTorch does not tell whose backward pass failed, so the message names both candidates.
void backward(const at::Tensor& total, const assembly::Network& network) {
  const std::string objective = network.objective().origin().component;
  const auto error_of = [&](const std::string& message) {
    return PluginError(fmt::format("{}, or objective '{}', threw in its backward pass: {}",
                                   plugin::subject(network.model().origin()), objective, message));
  };
  const std::string running = "its backward pass, or in that of objective '" + objective + "'";
  const plugin::Frame frame(network.model().origin(), running);
  try {
    total.backward();
  } catch (const std::exception& error) {
    throw error_of(message_of(error));
  } catch (...) {
    throw error_of("something that is not a std::exception");
  }
}

}  // namespace

Step::Step(const assembly::Assembly& assembly, int64_t iterations_per_epoch)
    : assembly_(assembly),
      course_(assembly.experiment, assembly.network->objective(), iterations_per_epoch),
      optimizer_(make_optimizer(assembly.experiment.optimizer, trainable(assembly))),
      average_(*assembly.network, assembly.experiment.training.average_decay),
      registration_(*assembly.network),
      buffers_(*assembly.network, *assembly.group),
      passes_(assembly, buffers_),
      times_(assembly.device),
      gradients_(*assembly.group, trained_tensors(*assembly.network)),
      checks_finite_(assembly.device.is_cpu() ||
                     assembly.experiment.training.nonfinite_loss != experiment::NonFinite::stop) {}

Step::Result Step::operator()(int64_t iteration, const data::Parts& parts) {
  buffers_.remember();
  try {
    Result result = forward_and_backward(iteration, parts);
    if (checks_finite_) check_gradients(iteration);
    const double longest = assembly_.experiment.training.clip_gradient_norm;
    if (longest > 0) optimizer_->clip_gradients(longest);
    optimizer_->step(course_.learning_rate(iteration));
    average_.update(iteration);
    times_.add(Activity::update);
    return result;
  } catch (...) {
    optimizer_->drop_gradients();
    buffers_.restore();
    throw;
  }
}

std::map<std::string, at::Tensor> Step::state() const {
  std::map<std::string, at::Tensor> state;
  for (const auto& [name, tensor] : optimizer_->state()) state["optimizer." + name] = tensor;
  for (const auto& [name, tensor] : average_.state()) {
    state[assembly::kAveragePrefix + name] = tensor;
  }
  return state;
}

Step::Result Step::forward_and_backward(int64_t iteration, const data::Parts& parts) {
  sla::Loss loss = [&] {
    if (assembly_.division().parts > 1) return loss_of_parts(iteration, parts);
    seed(iteration, parts.own.front());
    const sla::Phase& phase = course_.phase(iteration);
    return passes_(phase, parts.own.front().batch, [&](const sla::Batch& batch) {
      sla::Loss whole = loss_of(phase, batch);
      backward(whole.total(), *assembly_.network);
      return whole;
    });
  }();
  at::Tensor total = loss.total();
  if (checks_finite_ && !std::isfinite(total.item<double>())) {
    throw NonFiniteError("the loss", iteration, kAdvice);
  }
  times_.add(assembly_.group->size() > 1 ? Activity::exchange : Activity::backward);
  return {std::move(loss), std::move(total)};
}

sla::Loss Step::loss_of_parts(int64_t iteration, const data::Parts& parts) {
  if (assembly_.shared_statistics) assembly_.shared_statistics->share(!parts.some_empty);
  PartLosses losses(*assembly_.group, parts, assembly_.device);
  for (size_t i = 0; i < parts.own.size(); ++i) {
    seed(iteration, parts.own[i]);
    const sla::Batch batch = data::to_device(parts.own[i].batch, assembly_.device);
    const at::Tensor share = losses.add(loss_of(course_.phase(iteration), batch));
    if (share.defined()) {
      if (i + 1 == parts.own.size()) gradients_.begin();
      backward(share, *assembly_.network);
    }
    buffers_.take_part(parts.share(parts.own[i]));
    times_.add(Activity::backward);
  }
  auto remaining = losses.remaining();
  for (size_t i = 0; i < remaining.size(); ++i) {
    if (i + 1 == remaining.size()) gradients_.begin();
    backward(remaining[i], *assembly_.network);
  }
  times_.add(Activity::backward);
  if (parts.own.empty()) gradients_.begin();
  gradients_.finish();
  buffers_.combine_parts(parts.some_empty);
  return losses.whole();
}

sla::Loss Step::loss_of(const sla::Phase& phase, const sla::Batch& batch) {
  const auto& objective = assembly_.network->objective();
  const sla::Views views = objective.needs().views;
  const at::Tensor inputs = assembly_.inputs(batch, views);
  times_.add(Activity::transformations);
  const auto embedding = assembly::forward(*assembly_.network, inputs, batch, views);
  sla::Loss loss = objective.loss(embedding, phase);
  if (batch.mixed) loss = mixed_loss(std::move(loss), objective, embedding, phase);
  registration_.inspect(embedding, loss.total());
  times_.add(Activity::forward);
  return loss;
}

/// LibTorch's random numbers (dropout) depend on the iteration, and the part, alone.
void Step::seed(int64_t iteration, const data::Part& part) const {
  auto random = assembly_.random("step").child(iteration);
  if (assembly_.division().parts > 1) random = random.child(part.number);
  libtorch::seed(assembly_.device, random.next());
}

void Step::check_gradients(int64_t iteration) const {
  const std::string name = optimizer_->nonfinite_gradient();
  if (!name.empty()) throw NonFiniteError("the gradient of " + name, iteration, kAdvice);
}

}  // namespace host::training
