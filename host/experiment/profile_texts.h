#pragma once

#include <string>
#include <vector>

#include "host/experiment/profiles.h"

namespace host::experiment {

/// A profile as a user is told of it.
struct ProfileText {
  std::string name;
  /// The first line of the comment right above it in its file; empty if there is none.
  std::string comment;
};

/// All profiles, in the order of their files, which are read again for their comments.
std::vector<ProfileText> profile_texts(const Profiles& profiles);

}  // namespace host::experiment
