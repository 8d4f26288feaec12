#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "host/results/paper_table.h"
#include "host/sweep/progress.h"
#include "tests/catch.h"

namespace {

namespace fs = std::filesystem;

}  // namespace

TEST_CASE("all tables of the project can be read, and together quote all published values",
          "[experiment]") {
  std::set<double> quoted;
  for (const auto& entry : fs::directory_iterator(SLA_SOURCE_DIRECTORY "/experiments/tables")) {
    INFO(entry.path());
    const host::results::PaperTable table(entry.path(), {});
    for (const auto& cell : table.cells()) {
      CHECK(!cell.experiment.empty());
      if (cell.published) quoted.insert(*cell.published);
    }
  }
  CHECK(quoted == std::set<double>{41.1,  41.54, 42.04, 45.53, 55.5,  57.08, 58.71,
                                   59.89, 60.37, 62.64, 65.73, 66.10, 68.27, 68.68,
                                   70.36, 72.0,  77.03, 78.02, 78.63, 80.24, 84.2,
                                   86.39, 88.16, 89.58, 90.44, 90.79, 92.39, 92.50});
}

TEST_CASE("all sweeps of the project can be read, and their runs are experiments", "[experiment]") {
  for (const auto& entry : fs::directory_iterator(SLA_SOURCE_DIRECTORY "/experiments/sweeps")) {
    INFO(entry.path());
    // Photographs have no usual place.
    std::vector<std::string> settings;
    if (entry.path().stem() == "ants_and_bees") settings = {"dataset.root=\"photographs\""};
    const host::sweep::Plan plan(entry.path(), "nowhere", settings);
    for (const auto& cell : plan.cells()) {
      CHECK(host::sweep::progress_of(cell).state == host::sweep::State::fresh);
    }
  }
}
