#pragma once

#include <string>
#include <vector>

#include "host/experiment/profiles.h"

namespace host::experiment {

/// A profile as shown to users.
struct ProfileText {
  std::string name;
  /// The first line of the comment right above it in its file; empty if there is none.
  std::string comment;
};

/// All profiles in file order. Reads the files again for their comments.
std::vector<ProfileText> profile_texts(const Profiles& profiles);

}  // namespace host::experiment
