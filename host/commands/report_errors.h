#pragma once

#include <functional>

namespace host::commands {

/// Runs `work` and returns its exit status. Prints an exception as one line and returns 2 for a
/// user error, 1 for an internal error.
int report_errors(const std::function<int()>& work);

}  // namespace host::commands
