#include "host/sweep/progress.h"

#include <spdlog/fmt/fmt.h>

#include <map>
#include <vector>

#include <nlohmann/json.hpp>

#include "host/base/errors.h"
#include "host/experiment/experiment.h"
#include "host/experiment/flat.h"
#include "host/plugin/resolution.h"
#include "host/storage/json_file.h"
#include "host/storage/recorded_code.h"
#include "host/storage/run_directory.h"

namespace host::sweep {

namespace {

namespace fs = std::filesystem;
using Code = std::map<std::string, std::string>;

void require_same(const storage::RunDirectory& run, const experiment::Experiment& wanted) {
  const auto found =
      experiment::differences(experiment::read_single_file(run.experiment()), wanted.document);
  if (found.empty()) return;
  const auto& [key, there, here] = found.front();
  throw ExperimentError(
      fmt::format("{} holds a run of a different experiment: {} is {} there and "
                  "{} here; remove it, or choose another directory with --out",
                  run.path().string(), key, there, here));
}

/// In which code or weights a run differs from those of now: "plugin sla: 1f2e3d4c then, 5b6a7988
/// now". What the run did not record, and weights that are gone, count as the same.
std::string code_difference(const storage::RunDirectory& run, Code now) {
  if (!fs::exists(run.provenance())) return "";
  const auto provenance = storage::read_json(run.provenance());
  now.merge(storage::weights_of_now(provenance));
  std::vector<std::string> differences;
  for (const auto& [name, build] : storage::recorded_code(provenance)) {
    const auto own = now.find(name);
    if (own == now.end() || own->second == build) continue;
    differences.push_back(fmt::format("{}: {} then, {} now", name, storage::short_build(build),
                                      storage::short_build(own->second)));
  }
  return fmt::format("{}", fmt::join(differences, ", "));
}

}  // namespace

Progress progress_of(const Cell& cell, bool any_build) {
  const auto wanted = plugin::resolve(experiment::read_experiment(cell.experiment, cell.overrides));
  const Code code = plugin::code_of(wanted);
  Progress progress;
  for (const fs::path& path : storage::numbered_paths(cell.directory)) {
    const storage::RunDirectory run(path);
    if (!run.holds_run()) continue;
    require_same(run, wanted);
    const std::string difference = any_build ? "" : code_difference(run, code);
    if (difference.empty()) {
      return {fs::exists(run.results())           ? State::finished
              : run.checkpoints().files().empty() ? State::fresh
                                                  : State::interrupted,
              path, ""};
    }
    progress.note =
        path.string() + " was run by other code or with other weights (" + difference + ")";
  }
  progress.directory =
      progress.note.empty() ? cell.directory : storage::unused_path(cell.directory);
  return progress;
}

}  // namespace host::sweep
