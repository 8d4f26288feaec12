#pragma once

#include <filesystem>
#include <string>

#include "tests/support/scratch_folder.h"

namespace tests {

/// The files of a run directory that commands read later, written by hand.
struct RunFiles {
  std::string experiment =
      "seed = 0\n[dataset]\nplugin = \"cifar\"\n[objective]\nplugin = \"sla\"\n"
      "[training]\ntotal_iterations = 100\n";
  std::string provenance = R"({"splits":{"test":{"labels_sha256":"aaaa"}},"sessions":[]})";
  std::string metrics =
      "{\"iteration\":50,\"train.loss\":2.5}\n"
      "{\"iteration\":50,\"validation.single.accuracy\":20.0}\n"
      "{\"iteration\":100,\"train.loss\":null}\n";
  /// Empty: the run is not finished.
  std::string results =
      R"({"experiment":"mine","metrics":{"test.single.accuracy":30.0},"seconds":5.0,)"
      R"("best_iteration":50,"select":"validation.single.accuracy","best_value":20.0,)"
      R"("protocol":[]})";

  /// Writes all files that are not empty.
  std::filesystem::path write(const std::filesystem::path& folder) const;

  /// The same run with another seed and test accuracy.
  RunFiles with(int seed, double accuracy) const;
};

}  // namespace tests
