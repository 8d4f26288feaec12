#pragma once

#include <string>
#include <vector>

namespace tests {

/// How a program ended and all that it printed.
struct Finished {
  int status = -1;
  std::string output;
};

/// Runs sla_host as a user would, to its end.
Finished run_host(const std::vector<std::string>& arguments);

}  // namespace tests
