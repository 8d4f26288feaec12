#include "host/assembly/initial_weights.h"

#include <sla/digest.h>
#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>

#include <ATen/core/grad_mode.h>

#include "host/assembly/assembly.h"
#include "host/assembly/foreign_weights.h"
#include "host/assembly/task_record.h"
#include "host/assembly/weights_file.h"
#include "host/base/errors.h"
#include "host/experiment/document.h"
#include "host/experiment/sections.h"

namespace host::assembly {

namespace {

namespace fs = std::filesystem;
using Tensors = std::map<std::string, at::Tensor>;

/// Lists are cut off after this many names.
constexpr size_t kNamesShown = 5;

std::string shape_of(const at::Tensor& tensor) {
  return fmt::format("[{}]", fmt::join(tensor.sizes(), ", "));
}

std::string list_of(const std::vector<std::string>& names) {
  const std::vector<std::string> first(
      names.begin(),
      names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), kNamesShown)));
  return fmt::format("{}{}", fmt::join(first, ", "), first.size() < names.size() ? ", ..." : "");
}

/// Counters of PyTorch's batch normalisation, which nothing is computed from; old files lack them.
bool is_counter(const std::string& name) { return name.ends_with("num_batches_tracked"); }

void require_model(const Tensors& own, const Tensors& found, const std::string& source) {
  std::vector<std::string> missing;
  for (const auto& [name, tensor] : own) {
    const auto match = found.find(name);
    if (match == found.end()) {
      if (!is_counter(name)) missing.push_back(name);
    } else if (match->second.sizes() != tensor.sizes()) {
      throw StorageError(
          fmt::format("{}: tensor '{}' has shape {}, the model's has {}; the weights "
                      "belong to another model, or to one with other parameters",
                      source, name, shape_of(match->second), shape_of(tensor)));
    }
  }
  if (missing.empty()) return;
  throw StorageError(
      fmt::format("{} lacks {} of the model's {} tensors: {}; the weights belong to "
                  "another model",
                  source, missing.size(), own.size(), list_of(missing)));
}

/// Whether the file's network saw the same transformations, as joint labels number them.
bool has_transformations_of(const Assembly& assembly, const storage::TensorFile& file,
                            const std::string& source) {
  const auto found = file.metadata.find("experiment");
  if (found == file.metadata.end()) return true;
  const auto listed = [](const experiment::Table& document) {
    std::string text;
    for (const auto& [table, where] : experiment::tables_of(document, "transformation")) {
      text += experiment::to_toml(*table) + "\n";
    }
    return text;
  };
  return listed(experiment::parse_document(found->second, source)) ==
         listed(assembly.experiment.document);
}

/// Whether heads of the same names and shapes, for the same classes and transformations, are in the
/// file.
bool fits_heads(const Tensors& own, const Tensors& found, const storage::TensorFile& file,
                const Assembly& assembly, const std::string& source) {
  const auto task = file.metadata.find("task");
  if (task == file.metadata.end() ||
      parse_task_record(task->second, source).task.class_names != assembly.task.class_names ||
      !has_transformations_of(assembly, file, source)) {
    return false;
  }
  return own.size() == found.size() && std::all_of(own.begin(), own.end(), [&](const auto& head) {
           const auto match = found.find(head.first);
           return match != found.end() && match->second.sizes() == head.second.sizes();
         });
}

/// Removes the buffers of modules without parameters: constants that an objective computes from its
/// own data and settings, such as margins.
void remove_constants(const Network& network, Tensors& heads) {
  for (const auto& module : network.named_modules()) {
    if (!module.value()->parameters(/*recurse=*/false).empty()) continue;
    for (const auto& buffer : module.value()->named_buffers(/*recurse=*/false)) {
      const std::string name = module.key() + "." + buffer.key();
      if (name.starts_with(kHeadsPrefix))
        heads.erase(name.substr(std::string(kHeadsPrefix).size()));
    }
  }
}

}  // namespace

void load_initial_weights(Assembly& assembly) {
  const fs::path& source = assembly.experiment.initial_weights;
  if (source.empty()) return;
  const bool is_run = fs::is_directory(source);
  const storage::RunDirectory run(source);
  const auto file = is_run ? read_finished_weights(run) : read_weights(source);
  const std::string name = source.string();

  const Tensors own = assembly.network->state();
  const Tensors model = storage::tensors_below(kModelPrefix, own);
  const Tensors found = named_like(model, file.tensors, name);
  require_model(model, found, name);
  Tensors taken = own;
  for (const auto& [tensor, value] : model) {
    if (found.contains(tensor)) taken[kModelPrefix + tensor] = found.at(tensor);
  }

  Tensors heads = storage::tensors_below(kHeadsPrefix, own);
  Tensors found_heads = storage::tensors_below(kHeadsPrefix, file.tensors);
  remove_constants(*assembly.network, heads);
  remove_constants(*assembly.network, found_heads);
  InitialWeights record{.file = is_run ? run.weights() : source,
                        .heads = fits_heads(heads, found_heads, file, assembly, name)};
  record.sha256 = sla::file_digest(sla::Digest::sha256, record.file);
  for (const auto& [tensor, value] : found) {
    if (model.contains(tensor) || is_counter(tensor)) continue;
    record.left_out.push_back(tensor + " " + shape_of(value));
  }
  for (const auto& [tensor, value] : found_heads) {
    if (record.heads) {
      taken[kHeadsPrefix + tensor] = value;
    } else {
      record.left_out.push_back(kHeadsPrefix + tensor + " " + shape_of(value));
    }
  }
  assembly.network->load_state(taken, name);
  spdlog::info("initial weights from {}: {} tensors of the model; {}", name, model.size(),
               record.heads ? "heads, too" : "heads start at random");
  if (!record.left_out.empty()) spdlog::info("not taken: {}", list_of(record.left_out));
  assembly.initial_weights = std::move(record);
}

}  // namespace host::assembly
