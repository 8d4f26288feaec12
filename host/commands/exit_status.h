#pragma once

namespace host::commands {

/// Exit statuses besides 0 (success), 1 (internal error) and 2 (user error).

/// Two compared runs are not bit-identical.
constexpr int kDifferentStatus = 3;
/// Part of the work failed.
constexpr int kFailedStatus = 4;
/// Another process of the run ended or does not answer.
constexpr int kLostProcessStatus = 5;
/// Plus the signal's number, following the shell convention.
constexpr int kSignalStatus = 128;

}  // namespace host::commands
