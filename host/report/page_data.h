#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

#include "host/results/groups.h"

namespace host::report {

/// All that the page shows, as its scripts read it. Long series are thinned out, and where there
/// are several runs, pictures are those of the first run of each group, for the page to stay small.
nlohmann::json page_data(const std::vector<results::Run>& runs, const results::Groups& groups,
                         const std::vector<std::string>& notes);

}  // namespace host::report
