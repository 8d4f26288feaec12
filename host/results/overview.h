#pragma once

#include <nlohmann/json_fwd.hpp>

#include "host/results/groups.h"
#include "host/results/text_table.h"

namespace host::results {

/// {"mean", "sd", "n"}; an undefined deviation is null.
nlohmann::json statistic_json(const Statistic& statistic);

/// One row per group: how many of its runs finished, the settings in which the groups differ, and
/// each prediction's test accuracy as mean and standard deviation over seeds.
TextTable overview_of(const Groups& groups, const std::vector<Run>& runs);

/// The same with all metrics, as JSON.
nlohmann::json overview_json(const Groups& groups, const std::vector<Run>& runs);

}  // namespace host::results
