#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "host/experiment/experiment.h"
#include "host/training/selection.h"
#include "tests/catch.h"

namespace {

namespace fs = std::filesystem;

/// Folders whose files are no experiments: parts of some, and lists of them.
const std::set<std::string> kOther{"bases", "sweeps", "tables"};

/// All experiments of the project.
std::vector<fs::path> experiment_files() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(SLA_SOURCE_DIRECTORY "/experiments")) {
    const fs::path& file = entry.path();
    if (file.extension() == ".toml" && !kOther.contains(file.parent_path().filename())) {
      files.push_back(file);
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

TEST_CASE("every experiment of the project can be read, and built on drawn pictures",
          "[experiment]") {
  const auto files = experiment_files();
  REQUIRE(files.size() > 150);
  for (const fs::path& file : files) {
    INFO(file);
    for (const char* profile : {"", "quick"}) {
      CHECK_NOTHROW(host::experiment::read_experiment(file, {profile, {}}));
    }
    const auto assembly =
        host::training::assemble(host::experiment::read_experiment(file, {"smoke", {}}));
    CHECK(assembly.experiment.replaced_dataset);
    // What chooses the checkpoint is on offer, and so is what is compared with a paper.
    const auto predictions = host::training::chosen_predictions(assembly);
    const host::training::Selection selection(assembly, predictions);
    for (const auto& figure : assembly.experiment.published) {
      CHECK(std::any_of(predictions.begin(), predictions.end(), [&](const auto& prediction) {
        return figure.metric == prediction.name + ".accuracy";
      }));
    }
  }
}
