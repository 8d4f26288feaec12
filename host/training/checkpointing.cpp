#include "host/training/checkpointing.h"

#include <ATen/core/grad_mode.h>

#include <nlohmann/json.hpp>

#include "host/base/errors.h"
#include "host/experiment/document.h"
#include "host/experiment/flat.h"
#include "host/run/weights.h"
#include "host/training/nonfinite.h"

namespace host::training {

namespace {

using nlohmann::json;
using Tensors = std::map<std::string, at::Tensor>;

constexpr const char* kOptimizer = "optimizer.";
constexpr const char* kWindow = "window.";

void add_copies(const std::string& prefix, const Tensors& tensors, Tensors& all) {
  for (const auto& [name, tensor] : tensors) {
    all[prefix + name] = tensor.is_cpu() ? tensor.detach().clone() : tensor.detach().cpu();
  }
}

void check_same_experiment(const std::string& stored, const experiment::Table& document,
                           const std::string& source) {
  const auto& may_change = experiment::keys_without_effect();
  const auto then = experiment::flatten(experiment::parse_document(stored, source), may_change);
  const auto now = experiment::flatten(document, may_change);
  std::string differences;
  const auto compare = [&](const auto& a, const auto& b, bool a_is_then) {
    for (const auto& [key, value] : a) {
      const auto other = b.find(key);
      if (other != b.end() && (!a_is_then || other->second == value)) continue;
      const std::string missing = other == b.end() ? "(not set)" : other->second;
      differences += "\n  " + key + ": " + (a_is_then ? value : missing) + " in the checkpoint, " +
                     (a_is_then ? missing : value) + " now";
    }
  };
  compare(then, now, /*a_is_then=*/true);
  compare(now, then, /*a_is_then=*/false);
  if (!differences.empty()) {
    throw StorageError(
        source + " belongs to another experiment; start a new run, or set back:" + differences);
  }
}

template <typename T>
const T& entry(const std::map<std::string, T>& entries, const std::string& name,
               const std::string& source) {
  const auto found = entries.find(name);
  if (found != entries.end()) return found->second;
  throw StorageError(source + " is not a checkpoint of this program: it lacks '" + name + "'");
}

/// The state without its loss window.
TrainingState state_of(const storage::TensorFile& content, const std::string& source) {
  TrainingState state;
  try {
    const json parsed = json::parse(entry(content.metadata, "state", source));
    state.iteration = parsed.at("iteration");
    state.validated = parsed.at("validated");
    state.skipped = parsed.at("skipped");
    state.metric_lines = parsed.at("metric_lines");
    state.best.iteration = parsed.at("best").at("iteration");
    const json figure = parsed.at("best").value("figure", json());
    if (figure.is_number()) state.best.figure = figure;  // null: not finite
  } catch (const json::exception& error) {
    throw StorageError(source + " is not a checkpoint of this program: " + error.what());
  }
  return state;
}

}  // namespace

storage::TensorFile checkpoint_of(const assembly::Assembly& assembly, const Optimizer& optimizer,
                                  TrainingState& state, storage::MetricsFile& metrics) {
  // Keep the older checkpoints rather than overwrite them with NaN weights.
  const std::string weight = optimizer.nonfinite_parameter();
  if (!weight.empty()) {
    throw NonFiniteError("the weight " + weight, state.iteration,
                         NonFiniteError::kAdvice + std::string("; it is not saved"));
  }
  metrics.sync();
  state.metric_lines = metrics.lines();
  storage::TensorFile content;
  add_copies(run::kNetworkPrefix, assembly.network->state(), content.tensors);
  add_copies(kOptimizer, optimizer.state(), content.tensors);
  add_copies(kWindow, state.window.state(), content.tensors);
  content.metadata["experiment"] = experiment::to_toml(assembly.experiment.document);
  content.metadata["task"] = assembly::to_text({assembly.task, assembly.dataset.image_shape()});
  json best = {{"iteration", state.best.iteration}};
  if (state.best.iteration >= 0) best["figure"] = state.best.figure;
  content.metadata["state"] = json{
      {"iteration", state.iteration},
      {"validated", state.validated},
      {"skipped", state.skipped},
      {"metric_lines", state.metric_lines},
      {"best", best}}.dump();
  return content;
}

void unpack_network(const storage::TensorFile& content, const std::string& source,
                    const assembly::Assembly& assembly) {
  assembly.network->load_state(storage::tensors_below(run::kNetworkPrefix, content.tensors),
                               source);
}

Best unpack_best(const storage::TensorFile& content, const std::string& source) {
  return state_of(content, source).best;
}

void unpack(const storage::TensorFile& content, const std::string& source,
            const assembly::Assembly& assembly, Optimizer& optimizer, TrainingState& state) {
  check_same_experiment(entry(content.metadata, "experiment", source), assembly.experiment.document,
                        source);
  unpack_network(content, source, assembly);

  const at::NoGradGuard no_grad;
  const Tensors stored = storage::tensors_below(kOptimizer, content.tensors);
  for (auto& [name, tensor] : optimizer.state()) tensor.copy_(entry(stored, name, source));

  state = state_of(content, source);
  state.window.restore(storage::tensors_below(kWindow, content.tensors));
}

}  // namespace host::training
