#include "host/training/checkpointing.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/stack.h>

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include "host/assembly/task_record.h"
#include "host/assembly/weights_file.h"
#include "host/base/errors.h"
#include "host/experiment/document.h"
#include "host/experiment/flat.h"
#include "host/training/nonfinite.h"

namespace host::training {

namespace {

using nlohmann::json;
using Tensors = std::map<std::string, at::Tensor>;

constexpr const char* kWindow = "window.";

void add_copies(const std::string& prefix, const Tensors& tensors, Tensors& all) {
  for (const auto& [name, tensor] : tensors) {
    all[prefix + name] = tensor.is_cpu() ? tensor.detach().clone() : tensor.detach().cpu();
  }
}

void check_same_experiment(const std::string& stored, const experiment::Table& document,
                           const std::string& source) {
  // change_length() checks the length.
  const auto& may_change = experiment::keys_that_resuming_may_change();
  std::string lines;
  for (const auto& [key, then, now] :
       experiment::differences(experiment::parse_document(stored, source), document, may_change)) {
    lines += "\n  " + key + ": " + then + " in the checkpoint, " + now + " now";
  }
  if (!lines.empty()) {
    throw StorageError(source +
                       " belongs to another experiment; start a new run, or set back:" + lines);
  }
}

/// The name of a trained parameter with a number that is not finite, or of a buffer with NaN (a
/// mask may hold infinities); empty if there is none.
std::string nonfinite_in(const Tensors& tensors) {
  const at::NoGradGuard no_grad;
  std::vector<std::string> names;
  std::vector<at::Tensor> finite;
  for (const auto& [name, tensor] : tensors) {
    if (!tensor.is_floating_point()) continue;
    names.push_back(name);
    const at::Tensor values = tensor.detach();
    finite.push_back((tensor.requires_grad() ? values.isfinite() : values.eq(values)).all());
  }
  if (finite.empty()) return "";
  // One copy from the device for all.
  const at::Tensor all = at::stack(finite).cpu();
  const auto* flags = all.data_ptr<bool>();
  const auto* bad = std::find(flags, flags + names.size(), false);
  return bad == flags + names.size() ? "" : names.at(static_cast<size_t>(bad - flags));
}

template <typename T>
const T& entry(const std::map<std::string, T>& entries, const std::string& name,
               const std::string& source) {
  const auto found = entries.find(name);
  if (found != entries.end()) return found->second;
  throw StorageError(source + " is not a checkpoint of this program: it lacks '" + name + "'");
}

}  // namespace

storage::TensorFile checkpoint_of(const assembly::Assembly& assembly, const Step& step,
                                  TrainingState& state, storage::MetricsFile& metrics) {
  const Tensors network = assembly.network->state();
  // Keep the older checkpoints rather than overwrite them with NaN.
  const std::string tensor = nonfinite_in(network);
  if (!tensor.empty()) {
    throw NonFiniteError("the network's " + tensor, state.iteration - 1,
                         NonFiniteError::kAdvice + std::string("; it is not saved"));
  }
  metrics.sync();
  state.metric_lines = metrics.lines();
  storage::TensorFile content;
  add_copies(assembly::kNetworkPrefix, network, content.tensors);
  add_copies("", step.state(), content.tensors);
  for (const auto& [name, tensor] : state.window.state()) {
    content.tensors[kWindow + name] = tensor.cpu();
    // A resumed run would stop at its next line of the log, again and again.
    if (name == LossWindow::kLossSum &&
        !std::isfinite(content.tensors[kWindow + name].item<double>()))
      throw NonFiniteError("or shortly before, the loss", state.iteration - 1,
                           NonFiniteError::kAdvice);
  }
  content.metadata["experiment"] = experiment::to_toml(assembly.experiment.document);
  content.metadata["task"] = assembly::to_text({assembly.task, assembly.dataset.image_shape()});
  json best = {{"iteration", state.best.iteration}};
  if (state.best.iteration >= 0) best["value"] = state.best.value;
  content.metadata["state"] = json{
      {"iteration", state.iteration},
      {"validated", state.validated},
      {"skipped", state.skipped},
      {"metric_lines", state.metric_lines},
      {"best", best}}.dump();
  return content;
}

TrainingState unpack_progress(const storage::TensorFile& content, const std::string& source) {
  TrainingState state;
  try {
    const json parsed = json::parse(entry(content.metadata, "state", source));
    state.iteration = parsed.at("iteration");
    state.validated = parsed.at("validated");
    state.skipped = parsed.at("skipped");
    state.metric_lines = parsed.at("metric_lines");
    const json& best = parsed.at("best");
    state.best.iteration = best.at("iteration");
    if (state.best.iteration >= 0 && best.at("value").is_number()) {  // null: not finite
      state.best.value = best.at("value");
    }
  } catch (const json::exception& error) {
    throw StorageError(source + " is not a checkpoint of this program: " + error.what());
  }
  return state;
}

void unpack(const storage::TensorFile& content, const std::string& source,
            const assembly::Assembly& assembly, const Step& step, TrainingState& state) {
  check_same_experiment(entry(content.metadata, "experiment", source), assembly.experiment.document,
                        source);
  const auto record = assembly::parse_task_record(entry(content.metadata, "task", source), source);
  assembly::require_classes(record.task, assembly.task.class_names, source);
  assembly.network->load_state(storage::tensors_below(assembly::kNetworkPrefix, content.tensors),
                               source);

  const at::NoGradGuard no_grad;
  for (auto& [name, tensor] : step.state()) tensor.copy_(entry(content.tensors, name, source));

  state = unpack_progress(content, source);
  state.window.restore(storage::tensors_below(kWindow, content.tensors));
}

}  // namespace host::training
