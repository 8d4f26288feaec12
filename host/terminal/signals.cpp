#include "host/terminal/interrupt.h"

#include <csignal>

namespace host::terminal {

namespace {

volatile std::sig_atomic_t pending = 0;

void remember(int signal) {
  pending = signal;
  // The next one gets the default: the program ends.
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
}

}  // namespace

void watch_interrupts() {
  pending = 0;
  std::signal(SIGINT, &remember);
  std::signal(SIGTERM, &remember);
}

std::optional<int> pending_interrupt() {
  if (pending == 0) return std::nullopt;
  return pending;
}

}  // namespace host::terminal
