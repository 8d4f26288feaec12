#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "tests/catch.h"
#include "tests/support/host_program.h"
#include "tests/support/picture_folder.h"
#include "tests/support/scratch_folder.h"

namespace {

/// The commands in the last column of a document's table.
std::vector<std::string> commands_of(const std::string& document) {
  std::istringstream lines(document);
  std::vector<std::string> commands;
  for (std::string line; std::getline(lines, line);) {
    const auto begin = line.rfind("| `sla_host ");
    if (begin == std::string::npos || !line.ends_with("` |")) continue;
    const auto first = begin + std::string("| `sla_host ").size();
    commands.push_back(line.substr(first, line.size() - 3 - first));
  }
  return commands;
}

}  // namespace

TEST_CASE("the five steps for users of Python's tools run as documented", "[docs]") {
  const tests::EmptyPictureFolder pictures;
  const auto& folder = pictures.folder;
  // No two alike: a test image may not be a training image.
  uint8_t colour = 0;
  for (const std::string name : {"ants", "bees"}) {
    for (const char* split : {"train", "val", "test"}) {
      for (int i = 0; i < 4; ++i) {
        const auto file = std::string("photos/") + split + "/" + name + "/" + std::to_string(i);
        pictures.picture(file + ".png", 40, 40, {colour += 10, 90, 10});
      }
    }
  }
  const auto commands =
      commands_of(tests::content_of(SLA_SOURCE_DIRECTORY "/docs/from-python-tools.md"));
  REQUIRE(commands.size() == 5);
  for (std::string command : commands) {
    if (command.starts_with("experiments/")) {
      // Not for days.
      command +=
          " --set training.total_iterations=2 --set training.validate_every_iterations=2"
          " --set training.batch_size=4 --set dataset.size=32 --set dataset.resize=36";
    }
    const auto done = tests::run_program("cd '" + folder.path().string() +
                                         "' && " SLA_HOST_PROGRAM " " + command + " 2>&1");
    INFO(command << "\n" << done.output);
    REQUIRE(done.status == 0);
    const auto weights = folder / "runs/photos/weights.safetensors";
    std::filesystem::copy_file(weights, folder / "resnet18.safetensors",
                               std::filesystem::copy_options::skip_existing);
  }
}
