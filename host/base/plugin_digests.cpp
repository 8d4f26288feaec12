#include "host/base/plugin_digests.h"

namespace host {

void add_plugin(const std::string& component, const std::string& sha256,
                std::map<std::string, std::string>& code) {
  std::string& digests = code["plugin " + component];
  if (digests.find(sha256) != std::string::npos) return;
  digests += (digests.empty() ? "" : "+") + sha256;
}

}  // namespace host
