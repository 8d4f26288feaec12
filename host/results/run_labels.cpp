#include "host/results/run_labels.h"

#include <nlohmann/json.hpp>

#include "host/base/errors.h"
#include "host/storage/atomic_file.h"
#include "host/storage/json_file.h"

namespace host::results {

RunLabels read_labels(const storage::RunDirectory& run) {
  if (std::error_code unknown; !std::filesystem::exists(run.labels(), unknown)) return {};
  const auto content = storage::read_json(run.labels());
  try {
    return {.tags = content.at("tags"), .note = content.at("note")};
  } catch (const nlohmann::json::exception& error) {
    throw DamagedFileError(run.labels().string() + " is not a file of labels: " + error.what());
  }
}

void write_labels(const storage::RunDirectory& run, const RunLabels& labels) {
  storage::write_atomically(run.labels(),
                            storage::json_text({{"tags", labels.tags}, {"note", labels.note}}));
}

}  // namespace host::results
