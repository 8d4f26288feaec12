#pragma once

#include <filesystem>
#include <string>

#include "host/sweep/plan.h"

namespace host::sweep {

/// A script for Slurm's sbatch that runs a sweep as an array of jobs, a cell each.
std::string slurm_script(const Plan& plan, const std::filesystem::path& file);

}  // namespace host::sweep
