#pragma once

#include <exception>
#include <optional>
#include <string>
#include <vector>

#include "host/base/errors.h"
#include "host/distributed/meeting.h"
#include "host/distributed/place.h"

namespace host::distributed {

/// A process of the group is gone, or does not answer.
class LostProcess : public Error {
 public:
  using Error::Error;
};

/// Leaves the reason why this process ends, for lost_process() of the others.
void tell_failure(const Meeting& meeting, const Place& place, const std::string& host,
                  const std::string& reason);

/// What a process has told; nullopt if none has, or the store does not answer.
std::optional<std::string> failure_of(const Meeting& meeting);

/// What an exception of c10d says, without the backtrace below.
std::string first_line(const std::exception& error);

/// The error of a process that lost others: names the one that told why it ends, or else those that
/// do not answer. `hosts` are those of the ranks; `symptom` is what was noticed.
LostProcess lost_process(const Meeting& meeting, const Place& place,
                         const std::vector<std::string>& hosts, const std::string& symptom);

}  // namespace host::distributed
