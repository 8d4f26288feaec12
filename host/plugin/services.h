#pragma once

#include <sla/host.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "host/distributed/group.h"

namespace host::plugin {

/// Where plugins keep what can be made again: $SLA_CACHE, or sla/ in the user's cache folder. An
/// empty variable counts as not set.
std::filesystem::path cache_directory();

/// The run's context, shared by its components.
struct Surroundings {
  int64_t seed = 0;
  at::Device device = at::kCPU;
  /// The processes that train together.
  std::shared_ptr<const distributed::Group> group = std::make_shared<distributed::Group>();
  /// Loads the network of a finished run for an objective.
  std::function<std::shared_ptr<sla::FrozenNetwork>(const std::filesystem::path& run)>
      frozen_network = {};
};

/// The host's services for one component.
class Services final : public sla::Host {
 public:
  Services(std::string component, Surroundings surroundings);

  void log(sla::LogLevel level, std::string_view message) override;
  void progress(std::string_view activity, int64_t done, int64_t total) override;
  sla::RandomStream random(std::string_view name) const override;
  std::filesystem::path cache_directory() const override;
  at::Device device() const override { return surroundings_.device; }
  int64_t rank() const override { return surroundings_.group->rank(); }
  int64_t processes() const override { return surroundings_.group->size(); }
  void once_per_job(const std::function<void()>& work) override { surroundings_.group->once(work); }
  std::shared_ptr<sla::FrozenNetwork> frozen_network(const std::filesystem::path& run) override;

 private:
  std::string component_;
  Surroundings surroundings_;
  sla::RandomStream random_;
};

}  // namespace host::plugin
