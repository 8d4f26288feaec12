#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "sla/random.h"

namespace sla {

/// How much a log line matters.
enum class LogLevel { debug, info, warning, error };

/// What the host does for a component. It is handed to the component's constructor, outlives the
/// component, and may be kept. Every function may be called from any thread.
class Host {
 public:
  virtual ~Host() = default;

  /// Writes one line to the run's log, marked with the component's name.
  virtual void log(LogLevel level, std::string_view message) = 0;

  /// Shows that `done` of `total` units (bytes, files, images; 0 when unknown) of `activity` are
  /// through. Call as often as convenient: the host limits how often it draws.
  virtual void progress(std::string_view activity, int64_t done, int64_t total) = 0;

  /// The component's own random stream, a function of the experiment's seed and of `name`.
  virtual RandomStream random(std::string_view name) const = 0;

  /// A directory for downloads and unpacked archives that all runs of this user share; it may not
  /// exist yet.
  virtual std::filesystem::path cache_directory() const = 0;
};

}  // namespace sla
