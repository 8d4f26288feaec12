#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <thread>

#include "host/base/errors.h"
#include "host/base/metric_name.h"
#include "host/commands/result_commands.h"
#include "host/results/curve.h"
#include "host/results/run.h"
#include "host/results/run_summary.h"
#include "host/terminal/progress_bar.h"
#include "host/terminal/screen.h"

namespace host::commands {

namespace {

namespace fs = std::filesystem;
using results::RunSummary;
using results::Series;

/// The run that wrote last.
fs::path newest_run(const fs::path& folder) {
  std::vector<std::string> notes;
  if (!fs::is_directory(folder))
    throw StorageError("no folder " + folder.string() + "; name a run");
  const auto runs = results::summarise(results::find_runs(folder), notes);
  if (runs.empty()) throw StorageError("no runs below " + folder.string() + "; name a run");
  return std::min_element(runs.begin(), runs.end(),
                          [](const auto& a, const auto& b) { return a.age < b.age; })
      ->path;
}

RunSummary summary_of(const fs::path& path) {
  std::vector<std::string> notes;
  auto runs = results::summarise({path}, notes);
  if (runs.empty()) throw StorageError(notes.front());
  return std::move(runs.front());
}

/// The run, or one without metrics if it has not written any.
results::Run read(const fs::path& path) {
  results::Run run;
  try {
    run = results::read_run(path);
  } catch (const DamagedFileError&) {
    throw;
  } catch (const StorageError&) {
    run.path = path;
  }
  return run;
}

/// Whether a metric has a curve: losses and accuracies.
bool is_drawn(const std::string& name) {
  const auto metric = MetricName::parse(name);
  return name == "train.loss" || (metric.split == "validation" && metric.metric == "accuracy");
}

std::string heading(const results::Run& run, const RunSummary& summary) {
  std::string text =
      fmt::format("{}: {}, iteration {}", run.path.string(), summary.state, run.iteration);
  if (run.total_iterations > 0) text += fmt::format(" of {}", run.total_iterations);
  if (const auto speed = run.series.find("train.images_per_second"); speed != run.series.end()) {
    text += fmt::format(", {:.0f} images/s", speed->second.values.back());
  }
  return text + ", written " + terminal::format_duration(summary.age) + " ago";
}

std::vector<std::string> frame(const results::Run& run, const RunSummary& summary,
                               const terminal::ScreenSize& size) {
  std::vector<std::string> lines{heading(run, summary)};
  std::vector<std::pair<std::string, const Series*>> drawn;
  for (const auto& [name, series] : run.series) {
    if (is_drawn(name)) drawn.emplace_back(name, &series);
  }
  if (drawn.empty()) lines.emplace_back("no metrics yet");
  constexpr int kLeast = 3;
  const int curves = std::max(1, static_cast<int>(drawn.size()));
  const int each = std::max(kLeast, (size.rows - 2) / curves - 1);
  for (const auto& [name, series] : drawn) {
    lines.push_back(fmt::format("{} {:.4g}", name, series->values.back()));
    const auto curve = results::drawn_curve(*series, each, size.columns, terminal::shows_unicode());
    lines.insert(lines.end(), curve.begin(), curve.end());
  }
  return lines;
}

/// Prints the values that were not printed before, one line for each iteration that has any, and
/// counts them in `printed`, by series. (The validation of an iteration comes after its loss.)
void print_news(const results::Run& run, std::map<std::string, size_t>& printed) {
  std::map<int64_t, std::string> lines;
  for (const auto& [name, series] : run.series) {
    if (!is_drawn(name)) continue;
    for (size_t& i = printed[name]; i < series.values.size(); ++i) {
      lines[series.iterations[i]] += fmt::format("  {} {:.4f}", name, series.values[i]);
    }
  }
  for (const auto& [iteration, text] : lines) std::cout << iteration << text << "\n";
  std::cout << std::flush;
}

}  // namespace

int watch(const WatchArguments& arguments) {
  constexpr auto kPause = std::chrono::seconds(2);
  const fs::path path = arguments.run.empty() ? newest_run("runs") : arguments.run;
  std::map<std::string, size_t> printed;
  for (bool first = true;; first = false) {
    // The state first: what a run writes before it ends must not be missed.
    const auto summary = summary_of(path);
    const auto run = read(path);
    if (const auto size = terminal::screen()) {
      if (first) std::cout << "\x1b[2J" << std::flush;
      terminal::show_screen(frame(run, summary, *size), *size);
    } else {
      if (first) std::cout << heading(run, summary) << "\n";
      print_news(run, printed);
    }
    if (summary.state != "running") {
      if (!first && !terminal::screen()) std::cout << heading(run, summary) << "\n";
      return 0;
    }
    std::this_thread::sleep_for(kPause);
  }
}

}  // namespace host::commands
