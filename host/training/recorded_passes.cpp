#include "host/training/recorded_passes.h"

#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <cmath>
#include <utility>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/equal.h>

#include "host/base/errors.h"
#include "host/base/libtorch.h"
#include "host/data/batch_tensors.h"

namespace host::training {

namespace {

// PyTorch's documentation asks for three before a record.
constexpr int64_t kOrdinarySteps = 3;
// Batches of ever new shapes are not worth their graphs, which keep their activations' memory.
constexpr size_t kMostShapes = 4;
// How far a launch may be from the ordinary step: more than bfloat16's kernels round differently.
constexpr double kTolerance = 0.02;

using experiment::Graph;

/// Whether to record. Throws ExperimentError.
bool wants_recording(const assembly::Assembly& assembly) {
  const Graph graph = assembly.experiment.runtime.graph;
  if (graph == Graph::off) return false;
  std::string obstacle;
  if (!assembly.device.is_cuda()) {
    obstacle = "needs a GPU, and this run computes on " + assembly.device.str();
  } else if (const std::string missing = CudaGraph::obstacle(); !missing.empty()) {
    obstacle = "needs " + missing;
    if (graph == Graph::automatic && assembly.group->is_first()) {
      spdlog::warn("steps do not run as CUDA graphs, and take longer: runtime.graph {}", obstacle);
    }
  } else if (assembly.division().parts > 1) {
    obstacle = "does not work with several processes or training.accumulate";
  }
  if (graph == Graph::on && !obstacle.empty()) {
    throw ExperimentError("runtime.graph = \"on\" " + obstacle);
  }
  return obstacle.empty();
}

/// What decides, within a phase, which kernels a step launches.
std::string shape_of(const sla::Batch& batch) {
  std::string shape;
  data::for_each_tensor(batch, [&](const at::Tensor& tensor) {
    shape +=
        fmt::format("{}:{}|", c10::toString(tensor.scalar_type()), fmt::join(tensor.sizes(), ","));
  });
  for (const auto& [name, tensor] : batch.annotations) shape += name + "|";
  if (const auto& layout = batch.episodes) {
    shape += fmt::format("{},{},{},{}", layout->episodes, layout->way, layout->shot, layout->query);
  }
  return shape;
}

void copy(const sla::Batch& from, sla::Batch& to) {
  std::vector<at::Tensor> sources;
  data::for_each_tensor(from, [&](const at::Tensor& tensor) { sources.push_back(tensor); });
  size_t i = 0;
  data::for_each_tensor(
      to, [&](at::Tensor& tensor) { tensor.copy_(sources[i++], /*non_blocking=*/true); });
}

/// The loss with each of its tensors replaced by `change` of it.
template <typename Change>
sla::Loss changed(sla::Loss loss, Change&& change) {
  for (auto& term : loss.terms) {
    term.mean = change(term.mean);
    if (term.weight.defined()) term.weight = change(term.weight);
  }
  for (auto& [name, value] : loss.logged) value = change(value);
  return loss;
}

}  // namespace

RecordedPasses::RecordedPasses(const assembly::Assembly& assembly, StepBuffers& buffers)
    : assembly_(assembly),
      buffers_(buffers),
      parameters_(assembly.network->parameters()),
      is_recording_(wants_recording(assembly)) {}

sla::Loss RecordedPasses::operator()(const sla::Phase& phase, const sla::Batch& batch,
                                     const Passes& passes) {
  const auto ordinary = [&] { return passes(data::to_device(batch, assembly_.device)); };
  if (!is_recording_) return ordinary();
  if (phase.name != phase_) recordings_.clear();
  phase_ = phase.name;
  Recording& recording = recordings_[shape_of(batch)];
  if (recordings_.size() > kMostShapes) {
    give_up(fmt::format("batches come in more than {} shapes", kMostShapes));
    return ordinary();
  }
  if (recording.graph != nullptr) {
    launch(recording, batch);
    for (const auto& [i, gradient] : recording.gradients) parameters_[i].mutable_grad() = gradient;
    // The next launch overwrites the graph's own.
    return changed(*recording.loss, [](const at::Tensor& value) { return value.clone(); });
  }
  if (++recording.ordinary_steps <= kOrdinarySteps) return ordinary();

  std::string failure = try_out(recording, batch, passes);
  sla::Loss loss = ordinary();
  if (failure.empty() && !agrees(recording, loss)) {
    failure =
        "launched again, it computes another loss or other gradients than an ordinary step: "
        "transformations, model or objective depend on something that is not on the GPU";
  }
  if (failure.empty()) {
    spdlog::info("steps of {} images run as a CUDA graph from now on", batch.labels.numel());
  } else {
    give_up(failure);
  }
  return loss;
}

std::string RecordedPasses::try_out(Recording& recording, const sla::Batch& batch,
                                    const Passes& passes) {
  const libtorch::KeptGenerator kept(assembly_.device);
  std::string failure;
  try {
    record(recording, batch, passes);
    launch(recording, batch);
  } catch (const BrokenRecordError&) {
    throw;
  } catch (const std::exception& error) {
    failure = is_out_of_memory(error) ? "not enough memory for it" : message_of(error);
  }
  for (const at::Tensor& parameter : parameters_) parameter.mutable_grad().reset();
  buffers_.restore();
  return failure;
}

void RecordedPasses::record(Recording& recording, const sla::Batch& batch, const Passes& passes) {
  recording.batch = data::to_device(batch, assembly_.device);
  const auto generator = at::globalContext().defaultGenerator(at::kCPU);
  const at::Tensor before = generator.get_state();
  auto graph = std::make_unique<CudaGraph>(recording.batch.images.device(), [&] {
    recording.loss = changed(passes(recording.batch), [&](const at::Tensor& value) {
      if (value.device().type() == assembly_.device.type()) return value.detach();
      throw PluginError(
          fmt::format("{}: loss() returned a number on the {}",
                      plugin::subject(assembly_.network->objective().origin()),
                      c10::DeviceTypeName(value.device().type(), /*lower_case=*/true)));
    });
  });
  if (!at::equal(before, generator.get_state())) {
    throw PluginError(fmt::format(
        "{}, or objective '{}', draws random numbers on the CPU, which each launch would repeat; "
        "draw them on the device of the images",
        plugin::subject(assembly_.network->model().origin()),
        assembly_.network->objective().origin().component));
  }
  for (size_t i = 0; i < parameters_.size(); ++i) {
    at::Tensor& gradient = parameters_[i].mutable_grad();
    if (gradient.defined()) recording.gradients[i] = std::exchange(gradient, at::Tensor());
  }
  recording.graph = std::move(graph);
}

void RecordedPasses::launch(Recording& recording, const sla::Batch& batch) {
  const at::NoGradGuard no_grad;
  copy(batch, recording.batch);
  recording.graph->launch();
}

bool RecordedPasses::agrees(const Recording& recording, const sla::Loss& loss) const {
  const at::NoGradGuard no_grad;
  const auto total = loss.total().item<double>();
  if (!(std::abs(recording.loss->total().item<double>() - total) <= kTolerance * std::abs(total))) {
    return false;
  }
  double difference = 0;
  double size = 0;
  for (size_t i = 0; i < parameters_.size(); ++i) {
    const at::Tensor& gradient = parameters_[i].grad();
    const auto launched = recording.gradients.find(i);
    if (gradient.defined() != (launched != recording.gradients.end())) return false;
    if (!gradient.defined()) continue;
    difference += std::pow((gradient - launched->second).norm().item<double>(), 2);
    size += std::pow(gradient.norm().item<double>(), 2);
  }
  return std::sqrt(difference) <= kTolerance * std::sqrt(size);
}

void RecordedPasses::give_up(const std::string& reason) {
  if (assembly_.experiment.runtime.graph == Graph::on) {
    throw PluginError("runtime.graph = \"on\", but steps cannot run as CUDA graphs: " + reason);
  }
  spdlog::warn("steps do not run as CUDA graphs, and take longer: {}", reason);
  is_recording_ = false;
  recordings_.clear();
}

}  // namespace host::training
