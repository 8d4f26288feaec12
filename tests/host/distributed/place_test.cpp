#include "host/distributed/place.h"

#include <stdlib.h>

#include <map>
#include <string>
#include <vector>

#include "host/base/errors.h"
#include "tests/catch.h"

namespace {

using host::distributed::find_place;
using host::distributed::Place;
using Variables = std::map<std::string, std::string>;

/// The place that an environment with these variables, and none of the other launchers', gives.
Place place_in(const Variables& variables) {
  for (const char* name :
       {"RANK", "WORLD_SIZE", "LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT", "OMPI_COMM_WORLD_RANK",
        "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_RANK", "PMI_RANK", "PMI_SIZE",
        "MPI_LOCALRANKID", "SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "SLURM_LOCALID",
        "SLURM_STEP_NODELIST", "SLURM_JOB_ID", "SLURM_NTASKS", "TORCHELASTIC_RESTART_COUNT",
        "TORCHELASTIC_USE_AGENT_STORE"}) {
    unsetenv(name);
  }
  for (const auto& [name, value] : variables) setenv(name.c_str(), value.c_str(), 1);
  struct Cleared {
    const Variables& variables;
    ~Cleared() {
      for (const auto& [name, value] : variables) unsetenv(name.c_str());
    }
  } const cleared{variables};
  return find_place();
}

}  // namespace

TEST_CASE("each launcher's environment gives a process its place", "[distributed]") {
  struct Case {
    Variables variables;
    std::string launcher;
    int rank, size, local_rank, port;
    std::string host;
  };
  const std::vector<Case> cases{
      {{}, "", 0, 1, 0, 29500, "127.0.0.1"},
      {{{"RANK", "3"},
        {"WORLD_SIZE", "4"},
        {"LOCAL_RANK", "1"},
        {"MASTER_ADDR", "node7"},
        {"MASTER_PORT", "1234"}},
       "by hand",
       3,
       4,
       1,
       1234,
       "node7"},
      {{{"RANK", "1"},
        {"WORLD_SIZE", "2"},
        {"LOCAL_RANK", "1"},
        {"MASTER_ADDR", "node7"},
        {"MASTER_PORT", "1234"},
        {"TORCHELASTIC_RESTART_COUNT", "2"},
        {"TORCHELASTIC_USE_AGENT_STORE", "True"}},
       "torchrun",
       1,
       2,
       1,
       1234,
       "node7"},
      {{{"OMPI_COMM_WORLD_RANK", "1"},
        {"OMPI_COMM_WORLD_SIZE", "2"},
        {"OMPI_COMM_WORLD_LOCAL_RANK", "0"}},
       "Open MPI",
       1,
       2,
       0,
       29500,
       "127.0.0.1"},
      {{{"PMI_RANK", "0"}, {"PMI_SIZE", "2"}, {"MPI_LOCALRANKID", "0"}},
       "MPICH",
       0,
       2,
       0,
       29500,
       "127.0.0.1"},
      {{{"SLURM_PROCID", "5"},
        {"SLURM_STEP_NUM_TASKS", "8"},
        {"SLURM_LOCALID", "1"},
        {"SLURM_STEP_NODELIST", "gpu[03-05,9]"},
        {"SLURM_JOB_ID", "41234"}},
       "Slurm",
       5,
       8,
       1,
       21234,
       "gpu03"},
      // The shell of a batch script is no task of a step.
      {{{"SLURM_PROCID", "0"}, {"SLURM_NTASKS", "8"}, {"SLURM_LOCALID", "0"}},
       "",
       0,
       1,
       0,
       29500,
       "127.0.0.1"}};
  for (const Case& one : cases) {
    CAPTURE(one.launcher, one.variables.size());
    const Place place = place_in(one.variables);
    CHECK(place.launcher == one.launcher);
    CHECK(place.rank == one.rank);
    CHECK(place.size == one.size);
    CHECK(place.local_rank == one.local_rank);
    CHECK(place.port == one.port);
    CHECK(place.host == one.host);
  }
  const Place restarted = place_in({{"RANK", "1"},
                                    {"WORLD_SIZE", "2"},
                                    {"LOCAL_RANK", "1"},
                                    {"TORCHELASTIC_RESTART_COUNT", "2"},
                                    {"TORCHELASTIC_USE_AGENT_STORE", "True"}});
  CHECK(restarted.restarts == 2);
  CHECK(restarted.launcher_serves);
}

TEST_CASE("half an environment is refused", "[distributed]") {
  CHECK_THROWS_WITH(place_in({{"RANK", "0"}}), ContainsSubstring("WORLD_SIZE is missing"));
  CHECK_THROWS_WITH(place_in({{"WORLD_SIZE", "2"}}), ContainsSubstring("RANK is missing"));
  CHECK_THROWS_WITH(place_in({{"RANK", "0"}, {"WORLD_SIZE", "2"}}),
                    ContainsSubstring("LOCAL_RANK is missing"));
  CHECK_THROWS_WITH(place_in({{"RANK", "2"}, {"WORLD_SIZE", "2"}, {"LOCAL_RANK", "0"}}),
                    ContainsSubstring("RANK is 2, but WORLD_SIZE is 2"));
  CHECK_THROWS_WITH(place_in({{"RANK", "first"}, {"WORLD_SIZE", "2"}, {"LOCAL_RANK", "0"}}),
                    ContainsSubstring("RANK must be a number, not 'first'"));
}

TEST_CASE("the first machine of a Slurm node list", "[distributed]") {
  using host::distributed::first_node;
  CHECK(first_node("login") == "login");
  CHECK(first_node("a,b") == "a");
  CHECK(first_node("gpu[03-05,9],login") == "gpu03");
  CHECK(first_node("gpu[7,9]") == "gpu7");
}
