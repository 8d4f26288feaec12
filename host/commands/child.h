#pragma once

#include <sys/types.h>

#include <functional>
#include <string>

namespace host::commands {

/// Starts a child process that runs `work`, prints exceptions as `main` does, and ends with the
/// status. Call it before this process starts threads.
pid_t start_child(const std::function<int()>& work);

/// Runs `work` in a child process and returns its exit status (128 + signal if a signal ended it),
/// so that nothing of it, such as a plugin's memory, outlives the call. Prints exceptions as `main`
/// does. Call it before this process starts threads.
int in_child(const std::function<int()>& work);

/// The same for work that may end its process: status 0 only if it returned normally.
struct Ended {
  int status = 0;
  /// How it ended the process, such as "with signal 6 (Aborted)"; empty if it returned.
  std::string by_itself;
};
Ended to_the_end_in_child(const std::function<int()>& work);

}  // namespace host::commands
