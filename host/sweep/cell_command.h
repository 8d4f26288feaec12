#pragma once

#include <string>
#include <vector>

#include "host/sweep/plan.h"

namespace host::sweep {

/// The command line that trains a cell, the program first; `settings` are added to the cell's.
std::vector<std::string> command_of(const Cell& cell, bool resume,
                                    const std::vector<std::string>& settings);

/// A command line, quoted for the shell.
std::string shell_text(const std::vector<std::string>& command);

}  // namespace host::sweep
