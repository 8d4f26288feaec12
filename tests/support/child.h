#pragma once

#include <sys/types.h>

#include <functional>

namespace tests {

/// Starts `work` in a process of its own, which then ends with what it returns; at an exception
/// that is printed, with 99. Only for what needs no threads that run already.
pid_t start_child(const std::function<int()>& work);

/// Waits for a process; its exit status, or 128 + the signal that ended it.
int wait_for(pid_t child);

}  // namespace tests
