#include "host/results/run_summary.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <fstream>
#include <set>
#include <thread>
#include <tuple>

#include <nlohmann/json.hpp>

#include "host/base/errors.h"
#include "host/base/metric_name.h"
#include "host/base/processors.h"
#include "host/experiment/document.h"
#include "host/results/run.h"
#include "host/storage/atomic_file.h"

namespace host::results {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using storage::RunDirectory;

/// Device and inode of a file.
using FileId = std::tuple<unsigned, unsigned, uint64_t>;

/// The files on which a program of this machine holds a lock: lines such as
/// "1: FLOCK  ADVISORY  WRITE 4711 08:01:131075 0 EOF". Asking for the lock
/// instead could keep a run from starting.
std::set<FileId> locked_files() {
  std::set<FileId> locked;
  std::ifstream lines("/proc/locks");
  for (std::string line; std::getline(lines, line);) {
    unsigned major_number = 0;
    unsigned minor_number = 0;
    unsigned long inode = 0;  // NOLINT(google-runtime-int): as sscanf has it
    if (std::sscanf(line.c_str(), "%*s FLOCK %*s %*s %*s %x:%x:%lu", &major_number, &minor_number,
                    &inode) == 3) {
      locked.emplace(major_number, minor_number, inode);
    }
  }
  return locked;
}

bool is_locked(const fs::path& file, const std::set<FileId>& locked) {
  struct stat status {};
  return stat(file.c_str(), &status) == 0 &&
         locked.contains({major(status.st_dev), minor(status.st_dev), status.st_ino});
}

/// Seconds since the newest of these files changed; those that do not exist do
/// not count.
double age_of(std::initializer_list<fs::path> files) {
  double newest = 0;
  for (const fs::path& file : files) {
    struct stat status {};
    if (stat(file.c_str(), &status) != 0) continue;
    newest = std::max(newest, static_cast<double>(status.st_mtim.tv_sec));
  }
  return static_cast<double>(std::time(nullptr)) - newest;
}

/// The last iteration and the best validation in the metrics of a run that is
/// not finished: of the metric that the experiment selects by, or else of any
/// prediction's accuracy.
void read_progress(const fs::path& file, RunSummary& run) {
  const auto* training = experiment::table_at(run.experiment, "training");
  const std::string select = training ? experiment::text_at(*training, "select") : "";
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.back() != '}') continue;  // still being written
    const json content = json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (!content.is_object()) throw DamagedFileError(file.string() + " holds a damaged line");
    run.iteration = std::max(run.iteration, content.value("iteration", int64_t{0}));
    for (const auto& [name, value] : content.items()) {
      const auto metric = MetricName::parse(name);
      const bool chosen = select.empty() || select == "last"
                              ? metric.split == "validation" && metric.metric == "accuracy"
                              : name == select;
      if (!chosen || !value.is_number()) continue;
      const auto found = value.get<double>();
      const bool better =
          metric.larger_is_better() ? found > run.selected_at : found < run.selected_at;
      if (!better && !std::isnan(run.selected_at)) continue;
      run.selected_at = found;
      run.selected_by = name;
    }
  }
}

/// Drops the confusion matrices, almost all of the text that json_text() writes of the results:
/// parsing their numbers would take most of the time.
void drop_matrices(std::string& text) {
  constexpr std::string_view kFirst = "\n  \"confusion\": {";
  constexpr std::string_view kLast = "\n  },";
  const size_t begin = text.find(kFirst);
  const size_t end = begin == std::string::npos ? begin : text.find(kLast, begin + 1);
  if (end != std::string::npos) text.erase(begin, end + kLast.size() - begin);
}

/// The parts of the results that are not large.
void read_results(const fs::path& file, RunSummary& run) {
  const auto wanted = [](int depth, json::parse_event_t event, json& parsed) {
    return event != json::parse_event_t::key || depth != 1 ||
           (parsed != "class_accuracy" && parsed != "class_names");
  };
  const auto bytes = storage::read_file(file);
  std::string text(bytes.begin(), bytes.end());
  drop_matrices(text);
  const json content = json::parse(text, wanted, /*allow_exceptions=*/false);
  if (!content.is_object()) throw DamagedFileError(file.string() + " is damaged");
  run.iteration = content.value("iterations", int64_t{0});
  const auto outcome = outcome_of(content);
  run.selected_by = outcome.selected_by;
  run.selected_at = outcome.selected_at;
  run.metrics = outcome.metrics;
}

RunSummary summary_of(const fs::path& path, const std::set<FileId>& locked) {
  const RunDirectory directory(path);
  RunSummary run{.path = path};
  run.experiment = experiment::read_single_file(directory.experiment());
  run.age = age_of({directory.metrics(), directory.results(), directory.experiment()});
  run.labels = read_labels(directory);
  std::error_code unknown;
  if (fs::exists(directory.results(), unknown)) {
    run.state = "finished";
    read_results(directory.results(), run);
  } else {
    run.state = is_locked(directory.lock(), locked) ? "running" : "interrupted";
    read_progress(directory.metrics(), run);
  }
  return run;
}

/// Adds the runs in a folder that is none itself. Follows links; `seen` are the folders so far.
void add_runs(const fs::path& folder, std::set<fs::path>& seen, std::vector<fs::path>& runs) {
  std::error_code failure;
  for (const auto& entry : fs::directory_iterator(folder, failure)) {
    if (!entry.is_directory(failure)) continue;
    if (!seen.insert(fs::canonical(entry.path(), failure)).second) continue;
    if (fs::exists(RunDirectory(entry.path()).experiment(), failure)) {
      runs.push_back(entry.path());
    } else {
      add_runs(entry.path(), seen, runs);
    }
  }
}

}  // namespace

std::vector<fs::path> find_runs(const fs::path& folder) {
  std::vector<fs::path> runs;
  if (fs::exists(RunDirectory(folder).experiment())) {
    runs.push_back(folder);
  } else {
    std::error_code failure;
    std::set<fs::path> seen{fs::canonical(folder, failure)};
    add_runs(folder, seen, runs);
  }
  std::sort(runs.begin(), runs.end());
  return runs;
}

std::vector<RunSummary> summarise(const std::vector<fs::path>& paths,
                                  std::vector<std::string>& notes) {
  const auto locked = locked_files();
  std::vector<RunSummary> runs(paths.size());
  std::vector<std::string> failures(paths.size());
  std::atomic<size_t> next = 0;
  const auto work = [&] {
    for (size_t i = next++; i < paths.size(); i = next++) {
      try {
        runs[i] = summary_of(paths[i], locked);
      } catch (const Error& error) {
        failures[i] = std::string(error.what()) + "; skipped";
      } catch (const json::exception& error) {
        failures[i] = paths[i].string() +
                      " holds JSON that this program did not write: " + error.what() + "; skipped";
      }
    }
  };
  {
    std::vector<std::jthread> threads;
    const auto count = static_cast<size_t>(usable_processors());
    threads.reserve(count);
    while (threads.size() < count) threads.emplace_back(work);
  }
  std::vector<RunSummary> readable;
  for (size_t i = 0; i < paths.size(); ++i) {
    if (failures[i].empty()) {
      readable.push_back(std::move(runs[i]));
    } else {
      notes.push_back(failures[i]);
    }
  }
  return readable;
}

}  // namespace host::results
