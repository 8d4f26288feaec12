#pragma once

#include <sla/draft/frozen_network.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "host/assembly/task_record.h"
#include "host/plugin/factory.h"

namespace host::assembly {

/// An earlier run whose network is used, as recorded in the new run's provenance.
struct FrozenRun {
  std::filesystem::path path;
  std::string experiment;
  /// SHA-256 of its weights.
  std::string weights_sha256;
};

/// The network of a finished run, frozen, on `device`; its classes must be `class_names`.
/// Appends the run to `loaded`. Throws StorageError if the run is missing, unfinished or
/// was trained on other classes.
std::shared_ptr<sla::FrozenNetwork> load_frozen_network(const std::filesystem::path& run,
                                                        const std::vector<std::string>& class_names,
                                                        const plugin::Surroundings& surroundings,
                                                        std::vector<FrozenRun>& loaded);

}  // namespace host::assembly
