#include "tests/support/shared_files.h"

#include <cstdlib>

#include "tests/support/skip.h"

namespace tests {

std::optional<std::filesystem::path> shared_file(const std::string& name) {
  const char* variable = std::getenv("SLA_SHARED");
  const std::filesystem::path folder =
      variable != nullptr ? variable : SLA_SOURCE_DIRECTORY "/../shared";
  if (std::filesystem::exists(folder / name)) return folder / name;
  skip("no " + (folder / name).string() + "; set SLA_SHARED to the folder that has it");
  return std::nullopt;
}

}  // namespace tests
