#include "host/commands/child.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <iostream>
#include <string>

#include "host/commands/report_errors.h"
#include "host/errors.h"

namespace host::commands {

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
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) throw Error(std::string("lost a process: ") + std::strerror(errno));
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace host::commands
