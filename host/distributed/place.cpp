#include "host/distributed/place.h"

#include <spdlog/fmt/fmt.h>

#include <charconv>
#include <optional>

#include "host/base/environment.h"
#include "host/base/errors.h"

namespace host::distributed {

namespace {

/// Names of the variables in which a launcher says who is who.
struct Names {
  const char* launcher;
  const char* rank;
  const char* size;
  const char* local_rank;
};

constexpr Names kTorchrun{"by hand", "RANK", "WORLD_SIZE", "LOCAL_RANK"};
constexpr Names kOpenMpi{"Open MPI", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE",
                         "OMPI_COMM_WORLD_LOCAL_RANK"};
constexpr Names kMpich{"MPICH", "PMI_RANK", "PMI_SIZE", "MPI_LOCALRANKID"};
// Not SLURM_NTASKS, which the shell of a batch script has, too.
constexpr Names kSlurm{"Slurm", "SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "SLURM_LOCALID"};

/// Ports for jobs of Slurm, by the job's number.
constexpr int kFirstPort = 20'000;
constexpr int kPorts = 20'000;

int number_in(const char* name, const std::string& text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0) {
    throw ExperimentError(
        fmt::format("the environment variable {} must be a number, not '{}'", name, text));
  }
  return number;
}

int required(const char* name, const Names& names) {
  const auto text = environment(name);
  if (text) return number_in(name, *text);
  throw ExperimentError(fmt::format(
      "the environment has some, but not all of {}, {} and {}: {} is missing; set all three, or "
      "start the processes with torchrun, srun, mpirun or --processes N",
      names.rank, names.size, names.local_rank, name));
}

/// The place that these variables give; nullopt if there are none.
std::optional<Place> place_by(const Names& names) {
  // The shell of a Slurm batch script has a rank, but no step that it is a task of.
  const bool is_slurm = &names == &kSlurm;
  if (!environment(names.size) && (is_slurm || !environment(names.rank))) return std::nullopt;
  Place place;
  place.launcher = names.launcher;
  place.rank = required(names.rank, names);
  place.size = required(names.size, names);
  place.local_rank = place.size == 1 ? 0 : required(names.local_rank, names);
  if (place.rank >= place.size) {
    throw ExperimentError(fmt::format("{} is {}, but {} is {}: ranks count from 0", names.rank,
                                      place.rank, names.size, place.size));
  }
  return place;
}

/// Where the processes meet, as far as the environment says.
void find_meeting_place(Place& place) {
  if (const auto node = environment("SLURM_STEP_NODELIST"); node && place.launcher == "Slurm") {
    place.host = first_node(*node);
    place.port =
        kFirstPort + number_in("SLURM_JOB_ID", environment("SLURM_JOB_ID").value_or("0")) % kPorts;
    place.restarts =
        number_in("SLURM_RESTART_COUNT", environment("SLURM_RESTART_COUNT").value_or("0"));
  }
  if (const auto host = environment("MASTER_ADDR")) place.host = *host;
  if (const auto port = environment("MASTER_PORT")) place.port = number_in("MASTER_PORT", *port);
}

}  // namespace

Place find_place() {
  for (const Names* names : {&kTorchrun, &kOpenMpi, &kMpich, &kSlurm}) {
    auto place = place_by(*names);
    if (!place) continue;
    if (place->size == 1) return {};
    find_meeting_place(*place);
    if (const auto restarts = environment("TORCHELASTIC_RESTART_COUNT")) {
      place->launcher = "torchrun";
      place->restarts = number_in("TORCHELASTIC_RESTART_COUNT", *restarts);
      place->launcher_serves = environment("TORCHELASTIC_USE_AGENT_STORE") == "True";
    }
    return *place;
  }
  return {};
}

std::string first_node(const std::string& list) {
  const size_t end = list.find_first_of("[,");
  std::string node = list.substr(0, end);
  if (end == std::string::npos || list[end] == ',') return node;
  return node + list.substr(end + 1, list.find_first_of("-,]", end) - end - 1);
}

}  // namespace host::distributed
