#include "host/experiment/flat.h"

namespace host::experiment {

namespace {

void add(const Table& table, const std::string& prefix, const std::set<std::string>& without,
         std::map<std::string, std::string>& flat) {
  for (const auto& [key, value] : table) {
    const std::string name = prefix + key;
    if (without.contains(name)) continue;
    if (const auto* inner = value.table()) {
      add(*inner, name + ".", without, flat);
    } else {
      std::string line = to_toml({{"value", value}});
      line.pop_back();
      flat[name] = line.substr(line.find('=') + 2);
    }
  }
}

}  // namespace

std::map<std::string, std::string> flatten(const Table& document,
                                           const std::set<std::string>& without) {
  std::map<std::string, std::string> flat;
  add(document, "", without, flat);
  return flat;
}

const std::set<std::string>& keys_without_effect() {
  static const std::set<std::string> keys{"runtime", "checkpoints", "published",
                                          "training.nonfinite_loss"};
  return keys;
}

}  // namespace host::experiment
