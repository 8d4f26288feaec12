#pragma once

namespace host {

/// Exit statuses besides 0, success.

constexpr int kInternalErrorStatus = 1;
/// In the command line, an experiment, a plugin or a file.
constexpr int kUserErrorStatus = 2;
/// Two compared runs are not bit-identical.
constexpr int kDifferentStatus = 3;
/// Part of the work failed.
constexpr int kFailedStatus = 4;
/// Another process of the run ended or does not answer.
constexpr int kLostProcessStatus = 5;
/// Plus the signal's number, following the shell convention.
constexpr int kSignalStatus = 128;

}  // namespace host
