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

/// The keys without effect, and `more`.
std::set<std::string> with(std::set<std::string> more) {
  more.insert(keys_without_effect().begin(), keys_without_effect().end());
  return more;
}

}  // namespace

std::map<std::string, std::string> flatten(const Table& document,
                                           const std::set<std::string>& without) {
  std::map<std::string, std::string> flat;
  add(document, "", without, flat);
  return flat;
}

const std::set<std::string>& keys_without_effect() {
  static const std::set<std::string> keys{"name",
                                          "runtime",
                                          "checkpoints",
                                          "published",
                                          "protocol",
                                          "plugin_path",
                                          "stands_in_for",
                                          "evaluation.batch_size",
                                          "training.log_every_iterations",
                                          "training.nonfinite_loss",
                                          "training.training_sample"};
  return keys;
}

const std::set<std::string>& keys_beside_experiment() {
  static const std::set<std::string> keys = with({"seed"});
  return keys;
}

const std::set<std::string>& keys_that_resuming_may_change() {
  static const std::set<std::string> keys =
      with({"training.total_iterations", "training.total_epochs", "training.extended_at"});
  return keys;
}

std::vector<Difference> differences(const Table& first, const Table& second,
                                    const std::set<std::string>& without) {
  const auto a = flatten(first, without);
  const auto b = flatten(second, without);
  auto keys = a;
  keys.insert(b.begin(), b.end());
  const auto value = [](const auto& values, const std::string& key) {
    const auto found = values.find(key);
    return found == values.end() ? "(not set)" : found->second;
  };
  std::vector<Difference> found;
  for (const auto& [key, any] : keys) {
    if (value(a, key) != value(b, key)) found.push_back({key, value(a, key), value(b, key)});
  }
  return found;
}

}  // namespace host::experiment
