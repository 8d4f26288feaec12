#include "host/storage/recorded_code.h"

#include <sla/digest.h>

#include <algorithm>
#include <filesystem>

#include <nlohmann/json.hpp>

#include "host/base/plugin_digests.h"
#include "host/storage/run_directory.h"

namespace host::storage {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// The record of the initial weights; empty for random ones.
json initial_weights(const json& provenance) {
  const json weights = provenance.value("initial_weights", json());
  return weights.is_object() ? weights : json::object();
}

std::string frozen_run(const json& run) { return "frozen run " + run.value("run", "?"); }

}  // namespace

std::map<std::string, std::string> recorded_code(const json& provenance) {
  std::map<std::string, std::string> code;
  for (const auto& [key, name] : {std::pair("host_build_id", "host"), {"libtorch", "LibTorch"}}) {
    if (const std::string value = provenance.value(key, ""); !value.empty()) code[name] = value;
  }
  for (const auto& plugin : provenance.value("plugins", json::array())) {
    add_plugin(plugin.value("component", "?"), plugin.value("sha256", ""), code);
  }
  if (const json weights = initial_weights(provenance); !weights.empty()) {
    code["initial weights"] = weights.value("sha256", "");
  }
  for (const auto& run : provenance.value("frozen_runs", json::array())) {
    code[frozen_run(run)] = run.value("weights_sha256", "");
  }
  return code;
}

std::map<std::string, std::string> recorded_data(const json& provenance) {
  std::map<std::string, std::string> data;
  const json splits = provenance.value("splits", json::object());
  for (const auto& [split, facts] : splits.items()) {
    data[split + " labels"] = facts.value("labels_sha256", "");
  }
  const json dataset = provenance.value("dataset", json::object());
  for (const auto& [name, value] : dataset.items()) {
    if (name.ends_with("sha256") && value.is_string()) data["dataset's " + name] = value;
  }
  return data;
}

std::map<std::string, std::string> weights_of_now(const json& provenance) {
  std::map<std::string, fs::path> files{
      {"initial weights", initial_weights(provenance).value("file", "")}};
  for (const auto& run : provenance.value("frozen_runs", json::array())) {
    files[frozen_run(run)] = RunDirectory(run.value("run", "")).weights();
  }
  std::map<std::string, std::string> digests;
  for (const auto& [name, file] : files) {
    if (fs::exists(file)) digests[name] = sla::file_digest(sla::Digest::sha256, file);
  }
  return digests;
}

std::vector<std::string> code_changed_in(const json& session) {
  std::vector<std::string> changed;
  if (!session.is_object()) return changed;
  for (const std::string line : session.value("changed", json::array())) {
    const std::string plugin = line.substr(0, line.find(": sha256 was "));
    if (line.starts_with("host_build_id was ")) changed.emplace_back("host");
    if (line.starts_with("libtorch was ")) changed.emplace_back("LibTorch");
    if (plugin != line) changed.push_back(plugin);
    const bool is_fact = line.find("sha256 was ") != std::string::npos;
    if (is_fact && (line.starts_with("splits: ") || line.starts_with("dataset: "))) {
      changed.emplace_back("data");
    }
  }
  return changed;
}

std::string short_build(const std::string& build) {
  constexpr size_t kDigits = 8;
  if (build.find('.') != std::string::npos) return build;
  const auto next = build.find('+');
  const std::string first = build.substr(0, std::min(next, kDigits));
  return next == std::string::npos ? first : first + "+" + short_build(build.substr(next + 1));
}

}  // namespace host::storage
