#pragma once

#include <functional>
#include <string>

namespace host::commands {

/// Runs `work` in a process of its own and returns its exit status (128 + signal where one ended
/// it): nothing of it, such as a plugin's memory, is left for the next. What it throws is printed
/// as `main` does. To be called before this process starts threads.
int in_child(const std::function<int()>& work);

/// The same for work that may end the process itself: 0 only where it came to its end.
struct Ended {
  int status = 0;
  /// How it ended the process, such as "with signal 6 (Aborted)"; empty where it did not.
  std::string by_itself;
};
Ended to_the_end_in_child(const std::function<int()>& work);

}  // namespace host::commands
