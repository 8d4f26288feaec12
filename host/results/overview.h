#pragma once

#include <nlohmann/json_fwd.hpp>

#include "host/results/groups.h"
#include "host/results/text_table.h"

namespace host::results {

/// {"mean", "sd", "n"}; a deviation that there is none of is written as null.
nlohmann::json statistic_json(const Statistic& statistic);

/// A row for each group: how many of its runs ended, the settings in which the groups differ, and
/// each prediction's test accuracy as mean and standard deviation over the seeds.
TextTable overview_of(const Groups& groups, const std::vector<Run>& runs);

/// The same with all figures, for other programs.
nlohmann::json overview_json(const Groups& groups, const std::vector<Run>& runs);

}  // namespace host::results
