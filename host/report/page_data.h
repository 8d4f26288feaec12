#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

#include "host/results/groups.h"

namespace host::report {

/// All data that the page's scripts read. To keep the page small, long series are thinned out and,
/// if there are several runs, only the first run of each group has images.
nlohmann::json page_data(const std::vector<results::Run>& runs, const results::Groups& groups,
                         const std::vector<std::string>& notes);

}  // namespace host::report
