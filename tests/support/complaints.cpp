#include "tests/support/complaints.h"

#include "host/base/errors.h"
#include "host/experiment/experiment.h"

namespace tests {

std::string complaint_about(const std::filesystem::path& file,
                            const host::experiment::Overrides& overrides) {
  try {
    read_experiment(file, overrides);
  } catch (const host::ExperimentError& error) {
    std::string message = error.what();
    const std::string folder = file.parent_path().string() + "/";
    for (size_t at = 0; (at = message.find(folder)) != std::string::npos;) {
      message.erase(at, folder.size());
    }
    return message;
  }
  return "no complaint";
}

}  // namespace tests
