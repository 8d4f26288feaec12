#include "host/training/provenance.h"

#include <ATen/Parallel.h>
#include <sla/digest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <memory>
#include <set>

#include <nlohmann/json.hpp>

#include "host/plugin/elf_file.h"
#include "host/training/evaluation.h"

namespace host::training {

namespace {

using nlohmann::json;

/// The output of a command without its last newline; empty where it fails.
std::string output_of(const char* command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command, "r"), &pclose);
  std::string output;
  std::array<char, 256> buffer{};
  while (pipe && std::fgets(buffer.data(), buffer.size(), pipe.get()) != nullptr) {
    output += buffer.data();
  }
  if (output.ends_with('\n')) output.pop_back();
  return output;
}

std::string processor() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  }
  return "unknown";
}

template <typename T>
json describe(const plugin::Component<T>& component) {
  const auto& file = component.library->file();
  return {{"component", component.origin.component},
          {"plugin", file.string()},
          {"version", component.library->handshake().plugin_version.view()},
          {"build_id", plugin::build_id(file)},
          {"compiler", component.library->handshake().compiler.view()},
          {"sha256", sla::file_digest(sla::Digest::sha256, file)}};
}

json describe_plugins(const Assembly& assembly) {
  json plugins = json::array({describe(assembly.dataset)});
  for (auto source = assembly.dataset.source; source; source = source->source) {
    plugins.push_back(describe(*source));
  }
  plugins.push_back(describe(assembly.network->model()));
  plugins.push_back(describe(assembly.network->objective()));
  for (const auto& transformation : assembly.preparation.components()) {
    plugins.push_back(describe(transformation));
  }
  return plugins;
}

json describe_splits(const Assembly& assembly) {
  json splits;
  for (const auto split : {sla::Split::train, sla::Split::validation, sla::Split::test}) {
    const auto labels = assembly.labels(split);
    splits[split_name(split)] = {{"images", labels.numel()},
                                 {"labels_sha256", sla::index_digest(labels)}};
  }
  return splits;
}

std::string graphics_processor(const at::Device& device) {
  if (!device.is_cuda()) return "";
  return output_of("nvidia-smi --query-gpu=name,driver_version --format=csv,noheader 2>/dev/null");
}

/// Where a profile swapped the dataset: the two plugins' names.
json replaced_dataset(const Assembly& assembly) {
  const auto& replaced = assembly.experiment.replaced_dataset;
  return replaced ? json{replaced->first, replaced->second} : json::array();
}

/// The plugins by the components they are used for, so that they can be held against others.
json by_component(const json& plugins) {
  json sorted;
  for (const json& plugin : plugins) {
    std::string name = "plugin " + plugin.value("component", "?");
    while (sorted.contains(name)) name += "'";  // two components may be called the same
    sorted[name] = plugin;
  }
  return sorted;
}

/// On one line, and not too long for one.
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

json provenance(const Assembly& assembly) {
  const sla::detail::Handshake own;
  return {
      {"git_commit", output_of("git rev-parse HEAD 2>/dev/null")},
      {"git_changed_files", output_of("git status --porcelain --untracked-files=no 2>/dev/null")},
      {"host_version", SLA_HOST_VERSION},
      {"host_build_id", plugin::build_id("/proc/self/exe")},
      {"sdk", std::to_string(own.sdk_major) + "." + std::to_string(own.sdk_minor)},
      {"libtorch", own.libtorch.view()},
      {"compiler", own.compiler.view()},
      {"processor", processor()},
      {"graphics_processor", graphics_processor(assembly.device)},
      {"device", assembly.device.str()},
      {"threads", at::get_num_threads()},
      {"seed", assembly.experiment.seed},
      {"replaced_dataset", replaced_dataset(assembly)},
      {"plugins", describe_plugins(assembly)},
      {"splits", describe_splits(assembly)},
      {"iterations_per_epoch", assembly.training_sampler()->batches_per_pass()},
      {"dataset", assembly.dataset.call("provenance", [](const sla::Dataset& dataset) {
         return dataset.provenance();
       })}};
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

}  // namespace host::training
