#include "host/distributed/failures.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <chrono>
#include <optional>

namespace host::distributed {

namespace {

constexpr const char* kFailure = "failure";
// Processes that lost another one notice it within moments of each other; those that wait for a
// stopped one notice it when their time is over.
constexpr std::chrono::seconds kPatience{3};

std::string survivor(int rank) { return fmt::format("survivor/{}", rank); }

std::string named(int rank, const std::vector<std::string>& hosts) {
  const auto place = static_cast<size_t>(rank);
  return place < hosts.size() ? fmt::format("rank {} on {}", rank, hosts[place])
                              : fmt::format("rank {}", rank);
}

/// Those that have not noticed that others are missing, so are missing themselves.
std::string silent_ranks(const Meeting& meeting, const Place& place,
                         const std::vector<std::string>& hosts) {
  if (!meeting.leave(survivor(place.rank), "")) {
    return place.launcher_serves ? "the launcher" : named(0, hosts);
  }
  std::vector<std::string> keys;
  for (int rank = 0; rank < place.size; ++rank) keys.push_back(survivor(rank));
  const auto absent = meeting.missing(keys, kPatience);
  std::string names;
  for (int rank = 0; rank < place.size; ++rank) {
    if (std::find(absent.begin(), absent.end(), survivor(rank)) == absent.end()) continue;
    names += (names.empty() ? "" : ", ") + named(rank, hosts);
  }
  return names.empty() ? "a connection between processes" : names;
}

}  // namespace

std::optional<std::string> failure_of(const Meeting& meeting) {
  try {
    return meeting.find(kFailure);
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

void tell_failure(const Meeting& meeting, const Place& place, const std::string& host,
                  const std::string& reason) {
  // The first one counts: what fails later fails because of it.
  if (failure_of(meeting)) return;
  meeting.leave(kFailure, fmt::format("rank {} of {} on {} failed: {}", place.rank, place.size,
                                      host, reason));
}

std::string first_line(const std::exception& error) {
  const std::string text = error.what();
  return text.substr(0, text.find('\n'));
}

LostProcess lost_process(const Meeting& meeting, const Place& place,
                         const std::vector<std::string>& hosts, const std::string& symptom) {
  if (const auto failure = failure_of(meeting)) return LostProcess(*failure);
  const std::string silent = silent_ranks(meeting, place, hosts);
  // Told while the others were waited for.
  if (const auto failure = failure_of(meeting)) return LostProcess(*failure);
  return LostProcess(fmt::format(
      "{} ended or does not answer, so the other processes stop ({}); what is saved stays", silent,
      symptom));
}

}  // namespace host::distributed
