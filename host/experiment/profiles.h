#pragma once

#include <string>
#include <utility>
#include <vector>

#include "host/experiment/value.h"

namespace host::experiment {

/// The [profile.NAME] tables of an experiment: the choices that --profile NAME,NAME makes.
///
/// A profile is laid over the experiment. It may hold tables [profile.NAME.profile.OTHER], laid
/// over if OTHER is chosen as well, and the key `chooses_dataset`: its dataset is one of those that
/// the experiment is about, not a stand-in such as synthetic images.
class Profiles {
 public:
  /// Takes the [profile] table out of what a file says. Of an experiment that extends others,
  /// theirs come first, and all tables of one name count. Throws ExperimentError.
  void take_from(Table& file);

  /// The names in `chosen`, "cifar100,sla,smoke". Throws ExperimentError, beginning with `file`, if
  /// one is empty, repeated or unknown.
  std::vector<std::string> parse(const std::string& chosen, const std::string& file) const;

  /// Lays the named profiles over `root`, in their order, and then what they say of one another.
  /// Returns the [dataset] that the experiment means: without those that only stand in. Throws
  /// ExperimentError.
  Table lay_over(Table& root, const std::vector<std::string>& names) const;

  /// The names of all, in the order of the files.
  std::vector<std::string> names() const;

  /// Every profile by name, where it is first given, in the order of the files.
  std::vector<std::pair<std::string, Location>> list() const;

 private:
  std::vector<Table> tables_;
};

}  // namespace host::experiment
