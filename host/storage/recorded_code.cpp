#include "host/storage/recorded_code.h"

#include <nlohmann/json.hpp>

namespace host::storage {

std::map<std::string, std::string> recorded_code(const nlohmann::json& provenance) {
  std::map<std::string, std::string> code;
  for (const auto& [key, name] : {std::pair("host_build_id", "host"), {"libtorch", "LibTorch"}}) {
    if (const std::string value = provenance.value(key, ""); !value.empty()) code[name] = value;
  }
  for (const auto& plugin : provenance.value("plugins", nlohmann::json::array())) {
    code["plugin " + plugin.value("component", "?")] = plugin.value("sha256", "");
  }
  if (const auto weights = provenance.value("initial_weights", nlohmann::json());
      weights.is_object()) {
    code["initial weights"] = weights.value("sha256", "");
  }
  for (const auto& run : provenance.value("frozen_runs", nlohmann::json::array())) {
    code["frozen run " + run.value("run", "?")] = run.value("weights_sha256", "");
  }
  return code;
}

std::vector<std::string> code_changed_in(const nlohmann::json& session) {
  std::vector<std::string> changed;
  if (!session.is_object()) return changed;
  for (const std::string line : session.value("changed", nlohmann::json::array())) {
    const std::string plugin = line.substr(0, line.find(": sha256 was "));
    if (line.starts_with("host_build_id was ")) changed.emplace_back("host");
    if (line.starts_with("libtorch was ")) changed.emplace_back("LibTorch");
    if (plugin != line) changed.push_back(plugin);
  }
  return changed;
}

std::string short_build(const std::string& build) {
  constexpr size_t kDigits = 8;
  return build.find('.') == std::string::npos ? build.substr(0, kDigits) : build;
}

}  // namespace host::storage
