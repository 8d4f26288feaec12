#pragma once

#include <string>
#include <vector>

#include "host/results/groups.h"

namespace host::results {

/// Notes, a line each, what a reader of the groups' metrics would otherwise not know: that groups
/// are the same experiment run by other code, that a run was resumed with other code, that metrics
/// deviate from the protocol, and that another dataset stands in for the experiment's.
void note_doubts(const Groups& sorted, const std::vector<Run>& runs,
                 std::vector<std::string>& notes);

}  // namespace host::results
