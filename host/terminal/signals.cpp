#include "host/terminal/signals.h"

#include <array>
#include <csignal>

namespace host::terminal {

namespace {

/// What ends programs from outside: Ctrl-C, kill, a terminal that goes away, a limit on processor
/// time, and the second warning of some batch schedulers.
constexpr std::array kStopSignals{SIGINT, SIGTERM, SIGHUP, SIGXCPU, SIGUSR2};

volatile std::sig_atomic_t stop = 0;
volatile std::sig_atomic_t save = 0;

/// Whether the parent process had it ignored, as nohup does for SIGHUP.
bool ignored(int signal) {
  struct sigaction action {};
  return sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

void remember_to_stop(int signal) {
  stop = signal;
  // The next one gets the default action: terminate.
  forget_signals();
}

void remember_to_save(int) { save = 1; }

}  // namespace

void watch_save_requests() {
  save = 0;
  std::signal(SIGUSR1, &remember_to_save);
}

void watch_signals() {
  stop = 0;
  for (const int signal : kStopSignals) {
    if (signal == SIGHUP && ignored(signal)) continue;
    std::signal(signal, &remember_to_stop);
  }
}

void forget_signals() {
  for (const int signal : kStopSignals) {
    if (!ignored(signal)) std::signal(signal, SIG_DFL);
  }
}

void report_failed_writes() {
  for (const int signal : {SIGPIPE, SIGXFSZ}) std::signal(signal, SIG_IGN);
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
