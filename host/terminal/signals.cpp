#include "host/terminal/signals.h"

#include <csignal>

namespace host::terminal {

namespace {

volatile std::sig_atomic_t stop = 0;
volatile std::sig_atomic_t save = 0;

void remember_to_stop(int signal) {
  stop = signal;
  // The next one gets the default action: terminate.
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
}

void remember_to_save(int) { save = 1; }

}  // namespace

void watch_save_requests() {
  save = 0;
  std::signal(SIGUSR1, &remember_to_save);
}

void watch_signals() {
  stop = 0;
  std::signal(SIGINT, &remember_to_stop);
  std::signal(SIGTERM, &remember_to_stop);
}

std::optional<int> stop_signal() {
  if (stop == 0) return std::nullopt;
  return stop;
}

bool take_save_request() {
  const bool asked = save != 0;
  if (asked) save = 0;
  return asked;
}

bool signal_waits() { return stop != 0 || save != 0; }

}  // namespace host::terminal
