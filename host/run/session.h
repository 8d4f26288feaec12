#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <vector>

#include "host/storage/run_directory.h"

namespace host::run {

/// One session of a run, as recorded in the run's provenance: when it started, when and how it
/// ended, and what had changed since the run began.
class Session {
 public:
  /// Adds this session to the run's provenance; the first session's `facts` become the run's. Later
  /// sessions warn about what has changed since. Throws StorageError.
  Session(const storage::RunDirectory& run, const nlohmann::json& facts,
          const std::vector<std::string>& command);

  /// Records how the session ended: "finished", "signal 15", "failed: ...". Throws StorageError.
  void end(const std::string& reason);

 private:
  nlohmann::json& own() { return content_["sessions"].back(); }

  std::filesystem::path file_;
  nlohmann::json content_;
};

/// The provenance of a run. Throws StorageError if it is missing or damaged.
nlohmann::json read_provenance(const storage::RunDirectory& run);

}  // namespace host::run
