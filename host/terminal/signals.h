#pragma once

#include <optional>

namespace host::terminal {

/// From now on SIGINT and SIGTERM are remembered instead of ending the program; the second one ends
/// it at once.
void watch_interrupts();

/// The signal that asked to stop, if one did.
std::optional<int> pending_interrupt();

}  // namespace host::terminal
