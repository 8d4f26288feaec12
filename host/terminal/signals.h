#pragma once

#include <optional>

namespace host::terminal {

/// From now on SIGUSR1, the early warning of a batch scheduler, requests a checkpoint instead of
/// terminating the program.
void watch_save_requests();

/// From now on SIGINT and SIGTERM request a stop; a second one terminates at once.
void watch_signals();

/// The signal that requested a stop, or nullopt.
std::optional<int> stop_signal();

/// Whether a checkpoint was requested since the last call.
bool take_save_request();

/// Whether either was requested: repeatable long work should give way.
bool signal_waits();

}  // namespace host::terminal
