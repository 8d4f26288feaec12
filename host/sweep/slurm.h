#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "host/sweep/plan.h"

namespace host::sweep {

/// An sbatch script that runs a sweep as a Slurm job array, one cell per job.
std::string slurm_script(const Plan& plan, const std::filesystem::path& file);

/// An sbatch script that trains one run in several tasks, on as many machines as that takes.
/// Shortly before the time limit it saves and queues itself again. `command` are the words of the
/// command line that trains in one process, without the program.
std::string slurm_script(const std::string& name, int64_t processes,
                         const std::vector<std::string>& command);

}  // namespace host::sweep
