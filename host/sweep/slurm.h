#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "host/sweep/plan.h"

namespace host::sweep {

/// An sbatch script that runs a sweep as a Slurm job array, one cell per job; each trains in
/// `processes` tasks, on as many machines as that takes. Shortly before the time limit a job saves,
/// and if it has several tasks, queues itself again.
std::string slurm_script(const Plan& plan, const std::filesystem::path& file, bool any_build,
                         int64_t processes);

/// An sbatch script that trains one run in several tasks. `command` are the words of the command
/// line that trains in one process, the program first.
std::string slurm_script(const std::string& name, int64_t processes,
                         const std::vector<std::string>& command);

}  // namespace host::sweep
