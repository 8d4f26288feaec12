#pragma once

#include <string>
#include <utility>
#include <vector>

#include "host/experiment/value.h"

namespace host::experiment {

/// The [profile.NAME] tables of an experiment: the choices for --profile NAME,NAME.
///
/// A profile is merged into the experiment. Its tables [profile.NAME.profile.OTHER] apply if OTHER
/// is chosen as well. With the key `chooses_dataset`, its dataset is one that the experiment is
/// about, not a stand-in such as synthetic images.
class Profiles {
 public:
  /// Moves the [profile] table out of a file. If an experiment extends others, their profiles come
  /// first, and all tables of one name apply. Throws ExperimentError.
  void take_from(Table& file);

  /// Splits `chosen`, "cifar100,sla,smoke", into names. Throws ExperimentError, beginning with
  /// `file`, if one is empty, repeated or unknown.
  std::vector<std::string> parse(const std::string& chosen, const std::string& file) const;

  /// Merges the named profiles into `root`, in order, and then what they set in combination.
  /// Returns the [dataset] that the experiment is about, ignoring stand-ins. Throws
  /// ExperimentError.
  Table lay_over(Table& root, const std::vector<std::string>& names) const;

  /// All names, in file order.
  std::vector<std::string> names() const;

  /// Every profile by name, where it is first defined, in file order.
  std::vector<std::pair<std::string, Location>> list() const;

 private:
  std::vector<Table> tables_;
};

}  // namespace host::experiment
