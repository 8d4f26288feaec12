#include "host/training/recorded_passes.h"

#include <spdlog/spdlog.h>

#include <optional>
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
// Batches of ever new shapes are not worth their records.
constexpr size_t kMostRecordings = 8;

using experiment::Graph;

/// Whether to record. Throws ExperimentError.
bool wants_recording(const assembly::Assembly& assembly) {
  const Graph graph = assembly.experiment.runtime.graph;
  if (graph == Graph::off) return false;
  std::string obstacle;
  if (!assembly.device.is_cuda()) {
    obstacle = "needs a GPU, and this run computes on " + assembly.device.str();
  } else if (!CudaGraph::is_available()) {
    obstacle = "needs a program that was built with CUDA's headers, against LibTorch 2.11 or later";
  } else if (assembly.division().parts > 1) {
    obstacle = "does not work with several processes or training.accumulate";
  }
  if (obstacle.empty()) return true;
  if (graph == Graph::on) throw ExperimentError("runtime.graph = \"on\" " + obstacle);
  return false;
}

/// What decides which kernels a step launches.
std::string key_of(const sla::Phase& phase, const sla::Batch& batch) {
  std::string key = phase.name;
  sla::Batch visited = batch;
  data::for_each_tensor(visited, [&](const at::Tensor& tensor) {
    key +=
        fmt::format("|{}:{}", c10::toString(tensor.scalar_type()), fmt::join(tensor.sizes(), ","));
  });
  for (const auto& [name, tensor] : batch.annotations) key += "|" + name;
  if (const auto& layout = batch.episodes) {
    key += fmt::format("|{},{},{},{}", layout->episodes, layout->way, layout->shot, layout->query);
  }
  return key;
}

void copy(sla::Batch from, sla::Batch& to) {
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

RecordedPasses::RecordedPasses(const assembly::Assembly& assembly)
    : assembly_(assembly),
      parameters_(assembly.network->parameters()),
      is_recording_(wants_recording(assembly)) {}

sla::Loss RecordedPasses::operator()(const sla::Phase& phase, const sla::Batch& batch,
                                     const Passes& passes) {
  const auto as_ever = [&] { return passes(data::to_device(batch, assembly_.device)); };
  if (!is_recording_) return as_ever();
  const std::string key = key_of(phase, batch);
  if (!recordings_.contains(key) && recordings_.size() == kMostRecordings) return as_ever();
  Recording& recording = recordings_[key];
  if (recording.ordinary_steps < kOrdinarySteps) {
    ++recording.ordinary_steps;
    return as_ever();
  }
  if (recording.graph == nullptr) {
    try {
      record(recording, batch, passes);
    } catch (const BrokenRecordError&) {
      throw;
    } catch (const std::exception& error) {
      for (const at::Tensor& parameter : parameters_) parameter.mutable_grad().reset();
      if (assembly_.experiment.runtime.graph == Graph::on) throw;
      spdlog::warn("the steps are not recorded as CUDA graphs, and take longer: {}",
                   message_of(error));
      is_recording_ = false;
      recordings_.clear();
      latest_ = nullptr;
      return as_ever();
    }
  }
  return launch(recording, batch);
}

void RecordedPasses::record(Recording& recording, const sla::Batch& batch, const Passes& passes) {
  recording.batch = data::to_device(batch, assembly_.device);
  // A failed attempt must not change what the ordinary step draws.
  const libtorch::KeptGenerator kept(assembly_.device);
  const auto generator = at::globalContext().defaultGenerator(at::kCPU);
  const at::Tensor before = generator.get_state();
  auto graph = std::make_unique<CudaGraph>([&] {
    recording.loss =
        changed(passes(recording.batch), [](const at::Tensor& value) { return value.detach(); });
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
  latest_ = recording.graph.get();
}

sla::Loss RecordedPasses::launch(Recording& recording, const sla::Batch& batch) {
  const at::NoGradGuard no_grad;
  copy(batch, recording.batch);
  recording.graph->launch();
  for (const auto& [i, gradient] : recording.gradients) parameters_[i].mutable_grad() = gradient;
  // The next launch writes the record's own.
  return changed(*recording.loss, [](const at::Tensor& value) { return value.clone(); });
}

}  // namespace host::training
