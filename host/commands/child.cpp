#include "host/commands/child.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <iostream>
#include <string>

#include "host/commands/report_errors.h"
#include "host/errors.h"

namespace host::commands {

namespace {

constexpr int kFailed = 2;

volatile std::sig_atomic_t child_to_tell = 0;

void tell_child(int signal) { kill(child_to_tell, signal); }

}  // namespace

int in_child(const std::function<int()>& work) {
  std::cout.flush();
  const pid_t child = fork();
  if (child < 0) throw Error(std::string("cannot start a process: ") + std::strerror(errno));
  if (child == 0) {
    const int status = report_errors(work);
    std::cout.flush();
    // Not exit(): what this process shares with its parent is the parent's to clean up.
    _exit(status);
  }
  // What stops this process stops the child, which then tells how it ended. (A terminal's Ctrl-C
  // reaches the child by itself; a second one there would end it unsaved.)
  child_to_tell = child;
  std::signal(SIGTERM, &tell_child);
  std::signal(SIGINT, SIG_IGN);
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) throw Error(std::string("lost a process: ") + std::strerror(errno));
  }
  std::signal(SIGTERM, SIG_DFL);
  std::signal(SIGINT, SIG_DFL);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

Ended to_the_end_in_child(const std::function<int()>& work) {
  // Work that comes to its end, or throws, ends the process with this and its own status.
  constexpr int kOwn = 64;
  constexpr int kSignal = 128;
  const int status = in_child([&] { return kOwn + report_errors(work); });
  if (status >= kOwn && status < kSignal) return {status - kOwn, ""};
  if (status < kOwn) {
    return {kFailed, "by calling exit(" + std::to_string(status) + ")"};
  }
  const int signal = status - kSignal;
  // Those that one sends to stop the program are no fault of the work.
  if (signal <= 0 || signal == SIGINT || signal == SIGTERM) return {status, ""};
  const std::string memory = signal == SIGKILL ? "; perhaps memory was used up" : "";
  return {status,
          "with signal " + std::to_string(signal) + " (" + strsignal(signal) + ")" + memory};
}

}  // namespace host::commands
