#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <vector>

#include "host/storage/run_directory.h"

namespace host::training {

/// One program's time at a run, as the run's provenance tells it: when it started and ended, how,
/// and what had changed since the run began.
class Session {
 public:
  /// Adds this one to the run's provenance; the first one's `facts` become the run's own. Warns of
  /// what changed since then. Throws StorageError.
  Session(const storage::RunDirectory& run, const nlohmann::json& facts,
          const std::vector<std::string>& command);

  /// Records how it ended: "finished", "signal 15", "failed: ...". Throws StorageError.
  void end(const std::string& reason);

 private:
  nlohmann::json& own() { return content_["sessions"].back(); }

  std::filesystem::path file_;
  nlohmann::json content_;
};

/// The provenance of a run. Throws StorageError where it is missing or damaged.
nlohmann::json read_provenance(const storage::RunDirectory& run);

}  // namespace host::training
