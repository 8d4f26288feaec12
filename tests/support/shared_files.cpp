#include "tests/support/shared_files.h"

#include <cstdlib>

#include "tests/catch.h"

namespace tests {

namespace {

bool skipped = false;

}  // namespace

std::optional<std::filesystem::path> shared_file(const std::string& name) {
  const char* variable = std::getenv("SLA_SHARED");
  const std::filesystem::path folder =
      variable != nullptr ? variable : SLA_SOURCE_DIRECTORY "/../shared";
  if (std::filesystem::exists(folder / name)) return folder / name;
  WARN("skipped: no " << (folder / name).string() << "; set SLA_SHARED to the folder that has it");
  skipped = true;
  return std::nullopt;
}

bool any_skipped() { return skipped; }

}  // namespace tests
