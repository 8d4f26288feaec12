#pragma once

#include <functional>

#include "host/distributed/place.h"

namespace host::commands {

/// Runs `work` in `count` new processes of one group, each with its place in it, and returns the
/// exit status of all: 0 only if all returned 0. Once one has failed, the others get a moment to
/// notice, then they are killed. Signals that end this process, and its death, end them all.
/// Call it before this process starts threads.
int in_processes(int count, const std::function<int(const distributed::Place&)>& work);

}  // namespace host::commands
