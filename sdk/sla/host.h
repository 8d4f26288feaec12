#pragma once

#include <c10/core/Device.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string_view>

#include "sla/random.h"

namespace sla {

class FrozenNetwork;

/// The severity of a log line.
enum class LogLevel { debug, info, warning, error };

/// The host's services for a component. Passed to the component's constructor; it outlives the
/// component, which may keep a reference. Every function may be called from any thread unless
/// documented otherwise.
class Host {
 public:
  virtual ~Host() = default;

  /// Writes a line to the run's log, prefixed with the component's name.
  virtual void log(LogLevel level, std::string_view message) = 0;

  /// Shows that `done` of `total` units (bytes, files, images; 0 if unknown) of `activity` are
  /// done. Call it as often as convenient: the host limits how often it redraws.
  virtual void progress(std::string_view activity, int64_t done, int64_t total) = 0;

  /// A random stream, determined by the experiment's seed, the component's name and `name`: if an
  /// experiment has a component twice, both get the same.
  virtual RandomStream random(std::string_view name) const = 0;

  /// The directory for downloads and unpacked archives, shared by all runs of this user; it may not
  /// exist yet.
  virtual std::filesystem::path cache_directory() const = 0;

  /// The training device. Create constants that are used there on this device from the start, so
  /// that no training step has to copy them.
  virtual at::Device device() const = 0;

  /// The rank of this process among those that train together, from 0.
  virtual int64_t rank() const = 0;

  /// How many processes train together; 1 for an ordinary run.
  virtual int64_t processes() const = 0;

  /// Runs `work` in one of the processes that train together while the others wait for it:
  /// downloads, unpacking, caches. Its exceptions are rethrown in every process. Call it from a
  /// constructor, in each process.
  virtual void once_per_job(const std::function<void()>& work) = 0;

  /// The network of a finished run with the same classes in the same order: its best checkpoint,
  /// frozen (see sla/draft/frozen_network.h). `run` is the absolute path of the run directory:
  /// declare its parameter with `is_path`. Throws sla::Error if the run is missing, unfinished, or
  /// has other classes. Call it from an objective's constructor; keep the result outside the
  /// modules that you register.
  virtual std::shared_ptr<FrozenNetwork> frozen_network(const std::filesystem::path& run) = 0;
};

}  // namespace sla
