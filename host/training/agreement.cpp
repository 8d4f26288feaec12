#include "host/training/agreement.h"

#include <spdlog/fmt/fmt.h>

#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <ATen/ops/tensor.h>

#include "host/base/errors.h"
#include "host/experiment/document.h"
#include "host/experiment/flat.h"
#include "host/plugin/resolution.h"
#include "host/run/provenance.h"
#include "host/storage/recorded_code.h"
#include "host/terminal/signals.h"

namespace host::training {

Wishes agreed_wishes(const distributed::Group& group) {
  const auto all =
      group.maximum({terminal::stop_signal().value_or(0), terminal::take_save_request() ? 1 : 0});
  Wishes wishes{.save = all[1] != 0};
  if (all[0] != 0) wishes.stop = static_cast<int>(all[0]);
  return wishes;
}

void share_state(const assembly::Assembly& assembly, const Step& step, TrainingState& state) {
  if (assembly.group->size() == 1) return;
  std::vector<at::Tensor> tensors;
  for (const auto& [name, tensor] : assembly.network->state()) tensors.push_back(tensor);
  for (const auto& [name, tensor] : step.state()) tensors.push_back(tensor);
  // What else the first process has read, only it writes.
  const at::Tensor counts = at::tensor(
      std::vector<int64_t>{state.iteration, state.validated, state.skipped, state.best.iteration},
      at::kLong);
  const at::Tensor best = at::tensor(std::vector<double>{state.best.value}, at::kDouble);
  tensors.insert(tensors.end(), {counts, best});
  assembly.group->broadcast(tensors);
  const auto* count = counts.data_ptr<int64_t>();
  state.iteration = count[0];
  state.validated = count[1];
  state.skipped = count[2];
  state.best = {count[3], best.item<double>()};
}

namespace {

/// One line for each.
std::string listed(const std::map<std::string, std::string>& digests) {
  std::string lines;
  for (const auto& [name, digest] : digests) lines += name + " is " + digest + "\n";
  return lines;
}

/// Digests of what a process has read besides its experiment and plugins.
std::map<std::string, std::string> data_of(const assembly::Assembly& assembly) {
  auto data = storage::recorded_data(run::data_facts(assembly));
  for (const auto& frozen : *assembly.frozen_runs) {
    data["frozen run " + frozen.path.string()] = frozen.weights_sha256;
  }
  return data;
}

}  // namespace

void require_same_experiment(const assembly::Assembly& assembly) {
  const auto& group = *assembly.group;
  if (group.size() == 1) return;
  const std::string code = listed(plugin::code_of(assembly.experiment));
  const auto experiments = group.gather(experiment::to_toml(assembly.experiment.document));
  const auto codes = group.gather(code);
  const auto data = group.gather(listed(data_of(assembly)));
  const auto first = experiment::parse_document(experiments.front(), "rank 0");
  for (size_t rank = 1; rank < codes.size(); ++rank) {
    const std::string who = fmt::format("rank {} on {}", rank, group.hosts()[rank]);
    const auto other = experiment::parse_document(experiments[rank], who);
    const auto differences = experiment::differences(first, other);
    if (!differences.empty()) {
      const auto& [key, ours, theirs] = differences.front();
      throw ExperimentError(fmt::format(
          "{} has another experiment than rank 0: {} is {} instead of {}; start all processes with "
          "the same command",
          who, key, theirs, ours));
    }
    if (codes[rank] != codes.front()) {
      throw ExperimentError(
          fmt::format("{} runs other code than rank 0; there\n{}on rank 0\n{}install the same "
                      "program and plugins on all machines",
                      who, codes[rank], codes.front()));
    }
    if (data[rank] != data.front()) {
      throw ExperimentError(
          fmt::format("{} has other data than rank 0; there\n{}on rank 0\n{}give all machines the "
                      "same dataset and the same frozen runs",
                      who, data[rank], data.front()));
    }
  }
}

}  // namespace host::training
