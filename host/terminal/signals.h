#pragma once

#include <optional>

namespace host::terminal {

/// From now on SIGUSR1, the early warning of a batch scheduler, is remembered instead of ending the
/// program: it asks for a checkpoint.
void watch_save_requests();

/// From now on SIGINT and SIGTERM are remembered as well; the second one ends the program at once.
void watch_signals();

/// The signal that asked to stop, if one did.
std::optional<int> stop_signal();

/// Whether a checkpoint was asked for since this was last called.
bool take_save_request();

/// Whether there is either: long work that can be done again should make way.
bool signal_waits();

}  // namespace host::terminal
