#include "host/commands/child.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <iostream>
#include <string>

#include "host/base/errors.h"
#include "host/base/exit_status.h"
#include "host/commands/report_errors.h"
#include "host/plugin/crash.h"
#include "host/terminal/standard_streams.h"

namespace host::commands {

namespace {

volatile std::sig_atomic_t child_to_tell = 0;

void tell_child(int signal) { kill(child_to_tell, signal); }

/// The same work, whose output must then be complete.
std::function<int()> with_output(const std::function<int()>& work) {
  return [&work] {
    const int status = work();
    terminal::finish_output();
    return status;
  };
}

}  // namespace

pid_t start_child(const std::function<int()>& work) {
  std::cout.flush();
  const pid_t child = fork();
  if (child < 0) throw Error(std::string("cannot start a process: ") + std::strerror(errno));
  if (child > 0) return child;
  const int status = report_errors(with_output(work));
  // Not exit(): the parent cleans up what the two processes share.
  _exit(status);
}

int in_child(const std::function<int()>& work) {
  const pid_t child = start_child(work);
  // Forward termination to the child, which reports how it ended. (A terminal sends Ctrl-C to the
  // child itself; a second one here would kill it before it saves.)
  child_to_tell = child;
  std::signal(SIGTERM, &tell_child);
  std::signal(SIGINT, SIG_IGN);
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR)
      throw Error(std::string("cannot wait for a process: ") + std::strerror(errno));
  }
  std::signal(SIGTERM, SIG_DFL);
  std::signal(SIGINT, SIG_DFL);
  return WIFEXITED(status) ? WEXITSTATUS(status) : kSignalStatus + WTERMSIG(status);
}

Ended to_the_end_in_child(const std::function<int()>& work) {
  // The child returns this status if `work` returns or throws, its own if it exits otherwise.
  constexpr int kOwn = 64;
  const int status = in_child([&] {
    plugin::leave_crashes_to_parent();
    return kOwn + report_errors(with_output(work));
  });
  if (status >= kOwn && status < kSignalStatus) return {status - kOwn, ""};
  if (status < kOwn) {
    return {kUserErrorStatus, "by calling exit(" + std::to_string(status) + ")"};
  }
  const int signal = status - kSignalStatus;
  // Signals that users send to stop the program are not the work's fault.
  if (signal <= 0 || signal == SIGINT || signal == SIGTERM) return {status, ""};
  const std::string memory = signal == SIGKILL ? "; possibly out of memory" : "";
  return {status,
          "with signal " + std::to_string(signal) + " (" + strsignal(signal) + ")" + memory};
}

}  // namespace host::commands
