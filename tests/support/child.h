#pragma once

#include <sys/types.h>

#include <functional>
#include <vector>

namespace tests {

/// Runs `work` in a child process, which exits with its result, or with 99 after printing an
/// exception. Only for work that does not need running threads.
pid_t start_child(const std::function<int()>& work);

/// The processes that a process has started, the earliest first.
std::vector<pid_t> children_of(pid_t parent);

/// Waits for a process; its exit status, or 128 + the signal that ended it.
int wait_for(pid_t child);

}  // namespace tests
