#pragma once

#include <cstdint>

namespace host {

/// How many processors this process may use at once: those of its affinity mask (taskset, Slurm,
/// docker --cpuset-cpus), at most the quota of its control group (docker --cpus), at most
/// OMP_NUM_THREADS if that is set; at least 1.
int usable_processors();

/// How many of them each of `processes` on this machine may use; at least 1.
int usable_processors_each(int64_t processes);

}  // namespace host
