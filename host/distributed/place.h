#pragma once

#include <chrono>
#include <string>

namespace host::distributed {

/// Where a process stands among those that train together.
struct Place {
  /// From 0 to size - 1.
  int rank = 0;
  int size = 1;
  /// Rank among the processes of the same machine: which of its devices is this one's.
  int local_rank = 0;
  /// Where the processes meet.
  std::string host = "127.0.0.1";
  int port = 29500;
  /// What started them: "torchrun", "Slurm", "Open MPI", "MPICH", "by hand"; empty: one process.
  std::string launcher = {};
  /// How often the launcher has restarted all of them.
  int restarts = 0;
  /// Whether the launcher serves the meeting place itself, as torchrun does.
  bool launcher_serves = false;
};

/// The place that the launcher's environment variables give, or that of an only process. Throws
/// ExperimentError naming a variable that is missing or makes no sense.
Place find_place();

/// The first machine of a Slurm node list: "gpu[03-05,9],login" gives "gpu03".
std::string first_node(const std::string& list);

}  // namespace host::distributed
