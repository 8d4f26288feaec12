#pragma once

#include <stdexcept>

namespace sla {

/// An error that the user can fix: a missing file, a damaged record, an impossible combination of
/// parameters. Say what failed, what was expected and found, and what to do. The host adds
/// plugin, component, experiment file and line, and exits with status 2.
class __attribute__((visibility("default"))) Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace sla
