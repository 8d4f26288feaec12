#include "host/run/session.h"

#include <spdlog/spdlog.h>

#include <array>
#include <ctime>

#include "host/base/errors.h"
#include "host/run/provenance.h"
#include "host/storage/atomic_file.h"
#include "host/storage/json_file.h"

namespace host::run {

namespace {

using nlohmann::json;

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", std::gmtime(&now));
  return text.data();
}

/// The provenance of a run's earlier sessions; a damaged file is moved aside and stops no run.
json earlier(const storage::RunDirectory& run) {
  if (run.checkpoints().files().empty() || !std::filesystem::exists(run.provenance())) return {};
  try {
    return read_provenance(run);
  } catch (const DamagedFileError& error) {
    const auto aside = run.provenance().string() + ".damaged";
    spdlog::warn("{}; renaming it to {} and starting a new one", error.what(), aside);
    std::filesystem::rename(run.provenance(), aside);
    return {};
  }
}

}  // namespace

Session::Session(const storage::RunDirectory& run, const json& facts,
                 const std::vector<std::string>& command)
    : file_(run.provenance()), content_(earlier(run)) {
  std::vector<std::string> changed;
  if (content_.is_null()) {
    content_ = facts;
    content_["sessions"] = json::array();
  } else {
    json now = facts;
    // Read when the run began, and not again.
    now["initial_weights"] = content_.value("initial_weights", json());
    changed = changes(content_, now);
    for (const std::string& line : changed) spdlog::warn("since the run began: {}", line);
    // A session without an end was killed.
    if (!content_["sessions"].empty() && !own().contains("ended")) own()["exit"] = "killed";
  }
  content_["sessions"].push_back(
      {{"started", utc_now()}, {"command", command}, {"changed", changed}});
  storage::write_atomically(file_, storage::json_text(content_));
}

void Session::end(const std::string& reason) {
  own()["ended"] = utc_now();
  own()["exit"] = reason;
  storage::write_atomically(file_, storage::json_text(content_));
}

json read_provenance(const storage::RunDirectory& run) {
  json content = storage::read_json(run.provenance());
  if (!content.value("sessions", json()).is_array()) {
    throw DamagedFileError(run.provenance().string() + " is not a provenance file of this program");
  }
  return content;
}

}  // namespace host::run
