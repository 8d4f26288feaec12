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
  return code;
}

}  // namespace host::storage
