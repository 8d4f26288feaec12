#include "host/plugin/services.h"

#include <sla/error.h>
#include <spdlog/spdlog.h>

#include <unistd.h>

#include <utility>

#include "host/base/environment.h"
#include "host/base/errors.h"
#include "host/terminal/progress_bar.h"

namespace host::plugin {

namespace {

spdlog::level::level_enum spdlog_level(sla::LogLevel level) {
  switch (level) {
    case sla::LogLevel::debug: return spdlog::level::debug;
    case sla::LogLevel::info: return spdlog::level::info;
    case sla::LogLevel::warning: return spdlog::level::warn;
    case sla::LogLevel::error: return spdlog::level::err;
  }
  return spdlog::level::info;
}

}  // namespace

std::filesystem::path cache_directory() {
  namespace fs = std::filesystem;
  if (const auto own = environment("SLA_CACHE")) return fs::absolute(*own);
  // A relative path there is invalid, by the XDG Base Directory Specification.
  if (const auto standard = environment("XDG_CACHE_HOME"); standard && standard->front() == '/') {
    return fs::path(*standard) / "sla";
  }
  if (const auto home = home_folder()) return *home / ".cache" / "sla";
  return fs::temp_directory_path() / ("sla-" + std::to_string(getuid()));
}

Services::Services(std::string component, Surroundings surroundings)
    : component_(std::move(component)),
      surroundings_(std::move(surroundings)),
      random_(sla::RandomStream(static_cast<uint64_t>(surroundings_.seed)).child(component_)) {}

void Services::log(sla::LogLevel level, std::string_view message) {
  spdlog::log(spdlog_level(level), "{}: {}", component_, message);
}

void Services::progress(std::string_view activity, int64_t done, int64_t total) {
  terminal::show_activity(activity, done, total);
}

sla::RandomStream Services::random(std::string_view name) const { return random_.child(name); }

std::filesystem::path Services::cache_directory() const { return plugin::cache_directory(); }

std::shared_ptr<sla::FrozenNetwork> Services::frozen_network(const std::filesystem::path& run) {
  if (!surroundings_.frozen_network) {
    throw sla::Error("no runs are available here: networks of earlier runs are for training only");
  }
  try {
    return surroundings_.frozen_network(run);
  } catch (const Error& error) {
    // An error that the plugin can catch; if not, it is the plugin that gets named.
    throw sla::Error(error.what());
  }
}

}  // namespace host::plugin
