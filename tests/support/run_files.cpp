#include "tests/support/run_files.h"

#include <fstream>

namespace tests {

namespace fs = std::filesystem;

fs::path RunFiles::write(const fs::path& folder) const {
  fs::create_directories(folder);
  const auto write = [&](const char* name, const std::string& content) {
    if (!content.empty()) std::ofstream(folder / name, std::ios::binary) << content;
  };
  write("experiment.toml", experiment);
  write("provenance.json", provenance);
  write("metrics.jsonl", metrics);
  write("results.json", results);
  return folder;
}

RunFiles RunFiles::with(int seed, double accuracy) const {
  RunFiles other = *this;
  other.experiment.replace(0, other.experiment.find('\n'), "seed = " + std::to_string(seed));
  const std::string key = "accuracy\":";
  const auto begin = other.results.find(key) + key.size();
  other.results.replace(begin, other.results.find('}') - begin, std::to_string(accuracy));
  return other;
}

}  // namespace tests
