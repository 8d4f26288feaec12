#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "host/experiment/document.h"

namespace host::commands {

/// Command-line arguments of the commands that take an experiment.
struct ExperimentArguments {
  std::filesystem::path file;
  experiment::Overrides overrides;
};

struct TrainArguments {
  ExperimentArguments experiment;
  /// Run directory; empty: runs/NAME, numbered if that exists.
  std::filesystem::path out;
  bool resume = false;
  /// The new length of the run to resume, in the experiment's unit.
  std::optional<int64_t> extend = std::nullopt;
  /// Save and stop after this iteration.
  std::optional<int64_t> stop_after = std::nullopt;
  /// How many processes to start; 1: train in this one.
  int processes = 1;
  /// Where to write a Slurm script that trains in that many tasks, instead of training; empty:
  /// nowhere.
  std::filesystem::path slurm = {};
  /// The run to repeat; differences from it are reported at the start. Empty: none.
  std::filesystem::path repeats = {};
  /// The whole command line, for the run's provenance.
  std::vector<std::string> command;
};

struct CheckArguments {
  ExperimentArguments experiment;
  bool json = false;
};

struct VerifyResumeArguments {
  ExperimentArguments experiment;
  /// Interrupt after these iterations; empty: once, halfway.
  std::vector<int64_t> at;
  /// How many processes train the interrupted run; the other one is trained by one process, which
  /// computes their parts of each batch one after another.
  int processes = 1;
  /// Where to keep both runs; empty: nowhere.
  std::filesystem::path out;
};

struct ReproduceArguments {
  std::filesystem::path run;
  /// Run directory; empty: RUN-reproduced, numbered if that exists.
  std::filesystem::path out;
  std::vector<std::string> command;
};

struct GalleryArguments {
  ExperimentArguments experiment;
  /// Empty: NAME_gallery.png in the current directory.
  std::filesystem::path file;
};

/// Each prints its result to standard output and returns the exit status.
int train(const TrainArguments& arguments);
int check(const CheckArguments& arguments);
int verify_resume(const VerifyResumeArguments& arguments);
int reproduce(const ReproduceArguments& arguments);
int gallery(const GalleryArguments& arguments);

}  // namespace host::commands
