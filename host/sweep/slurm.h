#pragma once

#include <filesystem>
#include <string>

#include "host/sweep/plan.h"

namespace host::sweep {

/// An sbatch script that runs a sweep as a Slurm job array, one cell per job.
std::string slurm_script(const Plan& plan, const std::filesystem::path& file);

}  // namespace host::sweep
