#pragma once

#include <optional>

namespace host::terminal {

/// From now on SIGUSR1, the early warning of a batch scheduler, requests a checkpoint instead of
/// terminating the program.
void watch_save_requests();

/// From now on SIGINT, SIGTERM, SIGHUP (unless nohup has it ignored), SIGXCPU and SIGUSR2 request a
/// stop; a second one terminates at once.
void watch_signals();

/// Undoes watch_signals(), in a process that is about to become another program.
void forget_signals();

/// From now on a write to a closed pipe, or past the limit on file sizes, fails with an error
/// instead of terminating the program.
void report_failed_writes();

/// The signal that requested a stop, or nullopt.
std::optional<int> stop_signal();

/// Whether a checkpoint was requested since the last call.
bool take_save_request();

/// Whether either was requested: repeatable long work should give way.
bool signal_waits();

}  // namespace host::terminal
