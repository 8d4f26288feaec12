#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "host/results/run.h"

namespace host::results {

/// A figure over the seeds of an experiment.
struct Statistic {
  double mean = 0;
  /// Sample standard deviation (divisor n - 1); NaN where n is 1.
  double sd = 0;
  int64_t n = 0;

  /// "29.85 +- 0.31", or "29.85" where n is 1, with so many decimals.
  std::string text(int decimals = 2) const;
};

/// The statistic of some figures, at least one.
Statistic statistic_of(const std::vector<double>& figures);

/// Runs of one experiment, which differ in nothing that is computed but their seed.
struct Group {
  std::string name = {};
  /// Positions in the list of runs.
  std::vector<size_t> runs = {};
  /// Of the test split, over the finished runs, by name such as "aggregated.accuracy".
  std::map<std::string, Statistic> figures = {};
  /// What it has in those keys in which the groups differ, as TOML text.
  std::map<std::string, std::string> settings = {};
};

/// Runs sorted into groups, in the order in which they first appear.
struct Groups {
  std::vector<Group> groups;
  /// The keys in which the groups' experiments differ, as "table.key".
  std::vector<std::string> differences;
};

/// Sorts runs. Two runs of one group with the same seed are one figure: the later is taken out of
/// `runs` and noted.
Groups group_by_experiment(std::vector<Run>& runs, std::vector<std::string>& notes);

/// What a run's experiment computes, whatever its seed, key by key.
std::map<std::string, std::string> identity_of(const experiment::Table& document);

/// Throws ExperimentError, naming the runs, where their figures are not of the same test images:
/// they must not stand in one table.
void require_one_test_split(const std::vector<Run>& runs);

}  // namespace host::results
