#pragma once

#include <functional>

namespace host::commands {

/// Runs `work` in a process of its own and returns its exit status (128 + signal where one ended
/// it): nothing of it, such as a plugin's memory, is left for the next. What it throws is printed
/// as `main` does. To be called before this process starts threads.
int in_child(const std::function<int()>& work);

/// Whether a status of in_child() is a signal that nobody sent: the work crashed.
bool is_crash(int status);

}  // namespace host::commands
