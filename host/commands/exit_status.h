#pragma once

namespace host::commands {

/// Exit statuses beside 0 (done), 1 (a mistake of the program) and 2 (one of its user).

/// Two runs that were compared bit for bit are different.
constexpr int kDifferentStatus = 3;
/// Some parts of what was asked for failed.
constexpr int kFailedStatus = 4;
/// Plus the number of the signal that stopped it, as shells have it.
constexpr int kSignalStatus = 128;

}  // namespace host::commands
