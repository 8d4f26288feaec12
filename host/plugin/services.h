#pragma once

#include <sla/host.h>

#include <filesystem>
#include <string>
#include <string_view>

namespace host::plugin {

/// What the host does for one component.
class Services final : public sla::Host {
 public:
  Services(std::string component, int64_t seed);

  void log(sla::LogLevel level, std::string_view message) override;
  void progress(std::string_view activity, int64_t done, int64_t total) override;
  sla::RandomStream random(std::string_view name) const override;
  std::filesystem::path cache_directory() const override;

 private:
  std::string component_;
  sla::RandomStream random_;
};

}  // namespace host::plugin
