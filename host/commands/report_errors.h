#pragma once

#include <functional>

namespace host::commands {

/// Runs `work` and returns its exit status; what it throws is printed as one line, with status 2
/// where the user can mend it and 1 where only we can.
int report_errors(const std::function<int()>& work);

}  // namespace host::commands
