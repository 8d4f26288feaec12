#include "host/run/provenance.h"

#include <ATen/Parallel.h>
#include <sla/digest.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include <nlohmann/json.hpp>

#include "host/base/environment.h"
#include "host/base/installation.h"
#include "host/base/program.h"
#include "host/distributed/gradient_sum.h"
#include "host/evaluation/evaluation.h"
#include "host/plugin/elf_file.h"

namespace host::run {

namespace {

using nlohmann::json;

/// The output of a command; empty if it fails.
std::string output_of(const std::vector<std::string>& command) {
  const auto run = run_program(command);
  return run && run->status == 0 ? fmt::format("{}", fmt::join(run->lines, "\n")) : "";
}

std::string processor() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  }
  return "unknown";
}

template <typename T>
json describe(const plugin::Handle<T>& component) {
  const auto& file = component.library().file();
  return {{"component", component.origin().component},
          {"plugin", file.string()},
          {"version", component.library().handshake().plugin_version.view()},
          {"build_id", plugin::build_id(file)},
          {"compiler", component.library().handshake().compiler.view()},
          {"sha256", component.library().sha256()}};
}

json describe_plugins(const assembly::Assembly& assembly) {
  json plugins = json::array({describe(assembly.dataset)});
  for (auto source = assembly.dataset.source(); source; source = source->source()) {
    plugins.push_back(describe(*source));
  }
  plugins.push_back(describe(assembly.network->model()));
  plugins.push_back(describe(assembly.network->objective()));
  for (const auto& augmentation : assembly.augmentations.components()) {
    plugins.push_back(describe(augmentation));
  }
  for (const auto& transformation : assembly.transformations.components()) {
    plugins.push_back(describe(transformation));
  }
  return plugins;
}

json describe_frozen_runs(const assembly::Assembly& assembly) {
  json runs = json::array();
  for (const auto& [path, experiment, sha256] : *assembly.frozen_runs) {
    runs.push_back(
        {{"run", path.string()}, {"experiment", experiment}, {"weights_sha256", sha256}});
  }
  return runs;
}

/// Null for random weights.
json describe_initial_weights(const assembly::Assembly& assembly) {
  if (!assembly.initial_weights) return nullptr;
  const auto& weights = *assembly.initial_weights;
  return {{"file", weights.file.string()},
          {"sha256", weights.sha256},
          {"heads", weights.heads},
          {"left_out", weights.left_out}};
}

json describe_splits(const assembly::Assembly& assembly) {
  json splits;
  for (const auto split : {sla::Split::train, sla::Split::validation, sla::Split::test}) {
    const auto& labels = assembly.dataset.labels(split);
    splits[evaluation::split_name(split)] = {{"images", labels.numel()},
                                             {"labels_sha256", sla::index_digest(labels)}};
  }
  return splits;
}

/// The GPU that a device number means: CUDA counts the listed ones only, nvidia-smi all.
std::string gpu_identifier(int64_t number) {
  const auto listed = environment("CUDA_VISIBLE_DEVICES");
  if (!listed) return std::to_string(number);
  std::istringstream entries(*listed);
  std::string entry;
  for (int64_t i = 0; i <= number && std::getline(entries, entry, ','); ++i) continue;
  return entry;
}

std::string graphics_processor(const at::Device& device) {
  if (!device.is_cuda()) return "";
  const auto number = std::max<int64_t>(0, device.index());
  return output_of({"nvidia-smi", "--id=" + gpu_identifier(number),
                    "--query-gpu=name,driver_version", "--format=csv,noheader"});
}

/// Null for a single process.
json describe_processes(const assembly::Assembly& assembly) {
  const auto& group = *assembly.group;
  if (group.size() == 1) return nullptr;
  return {{"launcher", group.place().launcher},
          {"hosts", group.hosts()},
          {"gradient_bytes_at_once", distributed::bucket_bytes(assembly.network->parameters())}};
}

/// If a profile replaced the dataset: the names of both plugins.
json replaced_dataset(const assembly::Assembly& assembly) {
  const auto& replaced = assembly.experiment.replaced_dataset;
  return replaced ? json{replaced->first, replaced->second} : json::array();
}

/// The plugins, keyed by the component they are used for, to compare them with others.
json by_component(const json& plugins) {
  json sorted;
  for (const json& plugin : plugins) {
    std::string name = "plugin " + plugin.value("component", "?");
    while (sorted.contains(name)) name += "'";  // two components may share a name
    sorted[name] = plugin;
  }
  return sorted;
}

/// A value as text on one line, shortened if long.
std::string text_of(const json& value) {
  std::string text = value.is_string() ? value.get<std::string>() : value.dump();
  std::replace(text.begin(), text.end(), '\n', ' ');
  constexpr size_t kLongest = 100;
  return text.size() > kLongest ? text.substr(0, kLongest) + "..." : text;
}

void compare(const std::string& owner, const json& then, const json& now,
             std::vector<std::string>& lines) {
  std::set<std::string> keys;
  for (const json* side : {&then, &now}) {
    for (const auto& [key, value] : side->items()) keys.insert(key);
  }
  for (const std::string& key : keys) {
    const std::string what = owner.empty() ? key : owner + ": " + key;
    const json before = then.value(key, json("not recorded"));
    const json after = now.value(key, json("not recorded"));
    if (before == after) continue;
    if (before.is_object() && after.is_object()) {
      compare(what, before, after, lines);
    } else {
      lines.push_back(what + " was " + text_of(before) + ", is " + text_of(after));
    }
  }
}

}  // namespace

json data_facts(const assembly::Assembly& assembly) {
  return {{"splits", describe_splits(assembly)}, {"dataset", assembly.dataset.provenance()}};
}

json provenance(const assembly::Assembly& assembly) {
  const sla::detail::Handshake own;
  json facts{
      {"git_commit", output_of({"git", "rev-parse", "HEAD"})},
      {"git_changed_files", output_of({"git", "status", "--porcelain", "--untracked-files=no"})},
      {"host_version", version()},
      {"host_build_id", plugin::build_id("/proc/self/exe")},
      {"sdk", std::to_string(own.sdk_major) + "." + std::to_string(own.sdk_minor)},
      {"libtorch", own.libtorch.view()},
      {"compiler", own.compiler.view()},
      {"processor", processor()},
      {"graphics_processor", graphics_processor(assembly.device)},
      {"device", assembly.device.str()},
      {"threads", at::get_num_threads()},
      {"kernels", assembly.kernels()},
      {"tf32", assembly.experiment.runtime.tf32},
      {"deterministic", assembly.experiment.runtime.deterministic},
      {"processes", describe_processes(assembly)},
      {"seed", assembly.experiment.seed},
      {"replaced_dataset", replaced_dataset(assembly)},
      {"plugins", describe_plugins(assembly)},
      {"iterations_per_epoch", assembly.training_sampler()->batches_per_pass()},
      {"frozen_runs", describe_frozen_runs(assembly)},
      {"initial_weights", describe_initial_weights(assembly)}};
  facts.update(data_facts(assembly));
  return facts;
}

std::vector<std::string> changes(const json& then, const json& now) {
  std::vector<std::string> lines;
  json before = then;
  json after = now;
  for (json* facts : {&before, &after}) {
    facts->update(by_component(facts->value("plugins", json::array())));
    for (const char* key : {"plugins", "sessions"}) facts->erase(key);
  }
  compare("", before, after, lines);
  return lines;
}

}  // namespace host::run
