#include "host/results/doubts.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <map>
#include <set>

#include "host/experiment/flat.h"
#include "host/storage/recorded_code.h"

namespace host::results {

namespace {

/// Says which groups are the same experiment run by other code.
void note_builds(const Groups& sorted, const std::vector<Run>& runs,
                 std::vector<std::string>& notes) {
  std::map<std::map<std::string, std::string>, std::vector<const Run*>> by_experiment;
  for (const Group& group : sorted.groups) {
    const Run& run = runs[group.runs.front()];
    by_experiment[identity_of(run.experiment)].push_back(&run);
  }
  for (const auto& [experiment, firsts] : by_experiment) {
    std::vector<std::string> differences;
    for (const std::string& key : sorted.differences) {
      std::vector<std::string> builds;
      for (const Run* run : firsts) {
        if (!run->code.contains(key)) continue;
        const std::string build = storage::short_build(run->code.at(key));
        if (std::find(builds.begin(), builds.end(), build) == builds.end()) builds.push_back(build);
      }
      if (builds.size() > 1) {
        differences.push_back(fmt::format("{} ({})", key, fmt::join(builds, ", ")));
      }
    }
    if (differences.empty()) continue;
    notes.push_back(
        fmt::format("runs of {} are not merged, because other code or weights made them: {}",
                    firsts.front()->name, fmt::join(differences, ", ")));
  }
}

/// Says which groups hold runs on different data: changed files, or data that depend on the seed.
void note_data(const Groups& sorted, const std::vector<Run>& runs,
               std::vector<std::string>& notes) {
  for (const Group& group : sorted.groups) {
    std::map<std::string, std::set<std::string>> found;
    for (const size_t i : group.runs) {
      for (const auto& [name, digest] : runs[i].data) {
        found[name].insert(storage::short_build(digest));
      }
    }
    std::vector<std::string> differences;
    for (const auto& [name, digests] : found) {
      if (digests.size() < 2) continue;
      differences.push_back(fmt::format("{} ({})", name, fmt::join(digests, ", ")));
    }
    if (differences.empty()) continue;
    notes.push_back(fmt::format("the runs of {} do not have the same data: {}", group.name,
                                fmt::join(differences, ", ")));
  }
}

/// Says of which groups the metrics are not about the dataset that they seem to be about.
void note_stand_ins(const Groups& sorted, const std::vector<Run>& runs,
                    std::vector<std::string>& notes) {
  for (const Group& group : sorted.groups) {
    const Run& run = runs[group.runs.front()];
    const std::string meant = experiment::text_at(run.experiment, "stands_in_for");
    if (meant.empty()) continue;
    notes.push_back(
        fmt::format("{}: THESE METRICS MEAN NOTHING FOR '{}': another dataset stands "
                    "in for it",
                    group.name, meant));
  }
}

/// Says which runs later sessions continued with other code or data, which changes what they
/// compute.
void note_later_code(const std::vector<Run>& runs, std::vector<std::string>& notes) {
  for (const Run& run : runs) {
    if (run.later_code.empty()) continue;
    notes.push_back(fmt::format("{} was resumed with other code or data than it began with: {}",
                                run.path.string(), fmt::join(run.later_code, ", ")));
  }
}

/// Says under which deviations from the protocol metrics came about.
void note_departures(const Groups& sorted, const std::vector<Run>& runs,
                     std::vector<std::string>& notes) {
  for (const Group& group : sorted.groups) {
    std::set<std::string> departures;
    for (const size_t i : group.runs) {
      departures.insert(runs[i].departures.begin(), runs[i].departures.end());
    }
    for (const std::string& departure : departures) {
      notes.push_back(
          fmt::format("{}: THESE METRICS DEVIATE FROM THE PROTOCOL: {}", group.name, departure));
    }
  }
}

}  // namespace

void note_doubts(const Groups& sorted, const std::vector<Run>& runs,
                 std::vector<std::string>& notes) {
  note_builds(sorted, runs, notes);
  note_later_code(runs, notes);
  note_data(sorted, runs, notes);
  note_departures(sorted, runs, notes);
  note_stand_ins(sorted, runs, notes);
}

}  // namespace host::results
