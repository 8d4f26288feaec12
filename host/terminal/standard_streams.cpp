#include "host/terminal/standard_streams.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <iostream>
#include <string>

#include "host/base/errors.h"

namespace host::terminal {

void open_standard_streams() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(descriptor, F_GETFD) >= 0 || errno != EBADF) continue;
    // The lowest free number is this one: those below it are open.
    (void)!open("/dev/null", descriptor == STDIN_FILENO ? O_RDONLY : O_WRONLY);
  }
}

void finish_output() {
  errno = 0;
  // If a long output failed before, only another attempt says why.
  const bool is_complete = static_cast<bool>(std::cout.flush());
  if (!is_complete && errno == 0) (void)!write(STDOUT_FILENO, "\n", 1);
  if (is_complete || errno == EPIPE) return;
  const std::string reason = errno != 0 ? std::string(": ") + std::strerror(errno) : "";
  throw Error("cannot write to standard output" + reason + "; what was printed is incomplete");
}

}  // namespace host::terminal
