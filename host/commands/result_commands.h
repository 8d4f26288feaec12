#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "host/experiment/document.h"
#include "host/results/run_table.h"

namespace host::commands {

struct ReportArguments {
  std::vector<std::filesystem::path> runs;
  /// Empty: report.html in the run's directory, or in the current one for several runs.
  std::filesystem::path file;
};

struct CompareArguments {
  std::vector<std::filesystem::path> runs;
  bool json = false;
};

struct SweepArguments {
  std::filesystem::path file;
  /// Directory for the runs; empty: runs/NAME.
  std::filesystem::path out;
  /// TABLE.KEY=VALUE, for every run.
  std::vector<std::string> settings;
  /// As in --device; empty: the experiments' own.
  std::vector<std::string> devices;
  /// Concurrent runs on each device.
  int64_t jobs = 1;
  /// The only run to start.
  std::optional<int64_t> only = std::nullopt;
  bool list = false;
  /// Whether a run counts whatever plugins, host and LibTorch ran it.
  bool any_build = false;
  /// Print the command of the `only` run instead of running it.
  bool print_command = false;
  /// Where to write a Slurm script instead of running; empty: nowhere.
  std::filesystem::path slurm;
  /// The tasks of each run in that script.
  int64_t processes = 1;
};

struct TableArguments {
  std::filesystem::path file;
  experiment::Overrides overrides;
  /// The folder to search for runs.
  std::filesystem::path runs = "runs";
  /// .md, .csv or .tex files to write.
  std::vector<std::filesystem::path> outputs;
  bool json = false;
};

struct RunsArguments {
  std::filesystem::path folder = "runs";
  results::RunQuery query;
  bool csv = false;
  bool json = false;
};

struct WatchArguments {
  /// Empty: the one below runs/ that wrote last.
  std::filesystem::path run;
};

struct TagArguments {
  std::vector<std::filesystem::path> runs;
  std::vector<std::string> add;
  std::vector<std::string> remove;
  /// Replaces the note; nullopt: it stays.
  std::optional<std::string> note = std::nullopt;
};

/// Each prints its result to standard output and returns the exit status.
int report(const ReportArguments& arguments);
int compare(const CompareArguments& arguments);
int sweep(const SweepArguments& arguments);
int table(const TableArguments& arguments);
int runs(const RunsArguments& arguments);
int watch(const WatchArguments& arguments);
int tag(const TagArguments& arguments);

}  // namespace host::commands
