#include "host/run/run_comparison.h"

#include <algorithm>
#include <cstring>
#include <set>
#include <sstream>

#include <ATen/TensorOperators.h>

#include "host/base/metric_name.h"
#include "host/storage/atomic_file.h"
#include "host/storage/json_file.h"

namespace host::run {

namespace {

using nlohmann::json;

/// How long the run took, and its name.
const std::set<std::string> kPassedOver{"seconds", "experiment"};

bool same_bits(const at::Tensor& a, const at::Tensor& b) {
  // Not Tensor::equal: for it NaN differs from itself, and -0 equals 0.
  return a.scalar_type() == b.scalar_type() && a.sizes() == b.sizes() &&
         (a.numel() == 0 || std::memcmp(a.data_ptr(), b.data_ptr(), a.nbytes()) == 0);
}

std::string describe(const at::Tensor& a, const at::Tensor& b) {
  std::ostringstream text;
  if (a.scalar_type() != b.scalar_type() || a.sizes() != b.sizes()) {
    text << a.scalar_type() << " " << a.sizes() << " and " << b.scalar_type() << " " << b.sizes();
  } else {
    const auto difference = (a.to(at::kDouble) - b.to(at::kDouble)).abs();
    text << difference.count_nonzero().item<int64_t>() << " of " << a.numel()
         << " numbers, by at most " << difference.max().item<double>();
  }
  return text.str();
}

void compare_tensors(const std::string& file, const storage::TensorFile& a,
                     const storage::TensorFile& b, RunComparison& comparison) {
  for (const auto& [name, tensor] : a.tensors) {
    ++comparison.tensors;
    const auto other = b.tensors.find(name);
    if (other == b.tensors.end()) {
      comparison.differences.push_back(file + ": only the first has tensor " + name);
    } else if (!same_bits(tensor, other->second)) {
      comparison.differences.push_back(file + ": tensor " + name +
                                       " differs: " + describe(tensor, other->second));
    }
  }
  for (const auto& [name, tensor] : b.tensors) {
    if (!a.tensors.contains(name)) {
      comparison.differences.push_back(file + ": only the second has tensor " + name);
    }
  }
}

void compare_values(const std::string& where, const json& a, const json& b,
                    RunComparison& comparison) {
  std::set<std::string> keys;
  for (const json& object : {a, b}) {
    for (const auto& [key, value] : object.items()) keys.insert(key);
  }
  for (const std::string& key : keys) {
    if (kPassedOver.contains(key) || MetricName::parse(key).is_time()) continue;
    ++comparison.values;
    const json first = a.value(key, json("missing"));
    const json second = b.value(key, json("missing"));
    if (first != second) {
      comparison.differences.push_back(where + ": " + key + " is " + first.dump() + " and " +
                                       second.dump());
    }
  }
}

std::vector<json> read_lines(const std::filesystem::path& file) {
  const auto content = storage::read_file(file);
  std::istringstream stream(std::string(content.begin(), content.end()));
  std::vector<json> lines;
  for (std::string line; std::getline(stream, line);)
    lines.push_back(storage::parse_json_object(line, file));
  return lines;
}

void compare_metrics(const storage::RunDirectory& a, const storage::RunDirectory& b,
                     RunComparison& comparison) {
  const auto first = read_lines(a.metrics());
  const auto second = read_lines(b.metrics());
  if (first.size() != second.size()) {
    comparison.differences.push_back("metrics: " + std::to_string(first.size()) + " and " +
                                     std::to_string(second.size()) + " lines");
  }
  for (size_t i = 0; i < std::min(first.size(), second.size()); ++i) {
    compare_values("metrics, line " + std::to_string(i + 1), first[i], second[i], comparison);
  }
}

}  // namespace

RunComparison compare_runs(const storage::RunDirectory& a, const storage::RunDirectory& b) {
  RunComparison comparison;
  const auto last = storage::read_checkpoint(a.last_checkpoint());
  const auto other_last = storage::read_checkpoint(b.last_checkpoint());
  compare_tensors("last checkpoint", last, other_last, comparison);
  compare_values(
      "last checkpoint", storage::parse_json_object(last.metadata.at("state"), a.last_checkpoint()),
      storage::parse_json_object(other_last.metadata.at("state"), b.last_checkpoint()), comparison);
  compare_tensors("best checkpoint", storage::read_checkpoint(a.best_checkpoint()),
                  storage::read_checkpoint(b.best_checkpoint()), comparison);
  compare_tensors("weights", storage::read_safetensors(a.weights()),
                  storage::read_safetensors(b.weights()), comparison);
  compare_metrics(a, b, comparison);
  compare_values("results", storage::read_json(a.results()), storage::read_json(b.results()),
                 comparison);
  return comparison;
}

}  // namespace host::run
