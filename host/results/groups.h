#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "host/results/run.h"

namespace host::results {

/// A metric over an experiment's seeds.
struct Statistic {
  double mean = 0;
  /// Sample standard deviation (divisor n - 1); NaN if n is 1.
  double sd = 0;
  int64_t n = 0;

  /// "29.85 +- 0.31", or "29.85" if n is 1, with `decimals` decimals; "nan" if a value is NaN.
  std::string text(int decimals = 2) const;
};

/// The statistic of one or more values.
Statistic statistic_of(const std::vector<double>& values);

/// Runs of one experiment by the same code that differ only in their seed, and in what does not
/// affect results.
struct Group {
  std::string name = {};
  /// Indices into the list of runs.
  std::vector<size_t> runs = {};
  /// The metric that selected the checkpoints, and its statistic; empty if they were not selected.
  std::string selected_by = {};
  std::optional<Statistic> selected_at = std::nullopt;
  /// Test-split metrics over the finished runs, by name such as "aggregated.accuracy".
  std::map<std::string, Statistic> metrics = {};
  /// Its values of the keys in which the groups differ, as TOML text, and its own builds of the
  /// plugins, the host and LibTorch, if they differ.
  std::map<std::string, std::string> settings = {};
};

/// Runs sorted into groups, in order of first appearance.
struct Groups {
  std::vector<Group> groups;
  /// The keys in which the groups' experiments differ, as "table.key".
  std::vector<std::string> differences;
};

/// Groups runs by experiment, code and test images. If two runs of a group have the same seed, the
/// later is removed from `runs` and noted, and so is what note_doubts() notes.
Groups group_by_experiment(std::vector<Run>& runs, std::vector<std::string>& notes);

/// Whether the runs of `group` were selected at a better value of the same metric than those of
/// `other`; one that was not selected is never better.
bool selected_better(const Group& group, const Group& other);

/// The keys and values that define what a run computes, apart from its seed.
std::map<std::string, std::string> identity_of(const experiment::Table& document);

/// Throws ExperimentError, naming the runs, if their metrics come from different test images: they
/// are not comparable.
void require_one_test_split(const std::vector<Run>& runs);

}  // namespace host::results
