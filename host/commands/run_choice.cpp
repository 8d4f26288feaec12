#include "host/commands/run_choice.h"

#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "host/base/errors.h"
#include "host/experiment/document.h"
#include "host/experiment/flat.h"
#include "host/plugin/resolution.h"
#include "host/storage/run_directory.h"

namespace host::commands {

namespace {

namespace fs = std::filesystem;
using storage::RunDirectory;

/// What keeps a directory's run from being this experiment, in a few words; empty if nothing does.
std::string difference_from(const RunDirectory& run, const experiment::Experiment& experiment,
                            const std::set<std::string>& without) {
  try {
    const auto found = experiment::differences(experiment::read_single_file(run.experiment()),
                                               experiment.document, without);
    if (found.empty()) return "";
    std::string text = fmt::format("{} is {} there, {} now", found.front().key, found.front().first,
                                   found.front().second);
    if (found.size() > 1) text += fmt::format(", and {} more", found.size() - 1);
    return text;
  } catch (const Error& error) {
    return error.what();
  }
}

void check_unused(const RunDirectory& run, const experiment::Experiment& experiment) {
  const std::string path = run.path().string();
  std::error_code unreadable;
  // A run writes its provenance first.
  if (fs::exists(run.experiment(), unreadable) && !fs::exists(run.provenance(), unreadable)) {
    throw StorageError(path +
                       " holds an experiment.toml that no run has written, and that a run there "
                       "would replace; choose another directory with --out");
  }
  if (!run.holds_run()) return;
  const bool saved = !run.checkpoints().files().empty();
  if (saved || fs::exists(run.results(), unreadable)) {
    throw StorageError(path + " already holds a run; " +
                       (saved ? "continue it with --resume, or choose" : "choose") +
                       " another directory with --out");
  }
  const std::string difference =
      difference_from(run, experiment, experiment::keys_without_effect());
  if (!difference.empty()) {
    throw StorageError(path + " holds the metrics of another experiment: " + difference +
                       "; choose another directory with --out");
  }
  spdlog::warn("{} holds a run that ended before its first checkpoint: it starts again", path);
}

fs::file_time_type saved_at(const fs::path& run) {
  std::error_code unknown;
  return fs::last_write_time(RunDirectory(run).checkpoints().files().front(), unknown);
}

/// The keys in which a run may differ from the experiment that resumes it.
std::set<std::string> keys_that_may_differ(const experiment::Experiment& experiment) {
  auto keys = experiment::keys_that_resuming_may_change();
  // If not given, the run's parts are taken over.
  if (experiment.training.accumulate == 0) keys.insert("training.accumulate");
  return keys;
}

fs::path run_to_resume(const fs::path& base, const experiment::Experiment& experiment) {
  std::vector<fs::path> candidates;
  for (const fs::path& path : storage::numbered_paths(base)) {
    if (!RunDirectory(path).checkpoints().files().empty()) candidates.push_back(path);
  }
  if (candidates.empty()) {
    throw StorageError("no run to resume: no " + base.string() +
                       " or numbered directory beside it holds a checkpoint; name the run: "
                       "--out DIR");
  }
  const auto may_change = keys_that_may_differ(experiment);
  fs::path newest;
  std::string others;
  for (const fs::path& path : candidates) {
    const std::string difference = difference_from(RunDirectory(path), experiment, may_change);
    if (!difference.empty()) {
      others += "\n  " + path.string() + ": " + difference;
    } else if (newest.empty() || saved_at(path) > saved_at(newest)) {
      newest = path;
    }
  }
  if (newest.empty()) {
    throw StorageError("no run to resume: none of these is of this experiment:" + others +
                       "\nname one with --out and set its values back, or start a new run");
  }
  return newest;
}

/// Whether the command line gives a length itself.
bool sets_length(const experiment::Overrides& overrides) {
  return std::any_of(overrides.settings.begin(), overrides.settings.end(), [](const auto& setting) {
    const auto keys = experiment::flatten(experiment::parse_setting(setting), {});
    return keys.contains("training.total_iterations") || keys.contains("training.total_epochs");
  });
}

/// Whether there is a run that `--resume` would continue.
bool has_begun(const TrainArguments& arguments, const experiment::Experiment& experiment) {
  if (!arguments.out.empty()) return !RunDirectory(arguments.out).checkpoints().files().empty();
  try {
    run_to_resume(fs::path("runs") / experiment.name, experiment);
    return true;
  } catch (const StorageError&) {
    return false;
  }
}

}  // namespace

fs::path choose_directory(const TrainArguments& arguments,
                          const experiment::Experiment& experiment) {
  const fs::path base = fs::path("runs") / experiment.name;
  if (arguments.out.empty()) {
    return arguments.resume ? run_to_resume(base, experiment) : storage::create_unused_path(base);
  }
  const RunDirectory run(arguments.out);
  if (!arguments.resume) {
    check_unused(run, experiment);
  } else if (run.checkpoints().files().empty()) {
    throw StorageError("no run to resume: " + arguments.out.string() + " holds no checkpoint");
  } else if (const std::string difference =
                 difference_from(run, experiment, keys_that_may_differ(experiment));
             !difference.empty()) {
    // Before the run's provenance gets another session.
    throw StorageError(arguments.out.string() + " belongs to another experiment: " + difference +
                       "; start a new run, or set it back");
  }
  return arguments.out;
}

experiment::Experiment chosen_experiment(TrainArguments& arguments,
                                         const distributed::Group& group) {
  const auto& file = arguments.experiment.file;
  auto overrides = arguments.experiment.overrides;
  auto experiment = experiment::read_experiment(file, overrides);
  const auto& own = experiment.training;
  int64_t parts = group.size() > 1 ? group.size() : 0;
  if (group.place().restarts > 0 && !arguments.resume) {
    // The launcher has started the same command again.
    arguments.resume =
        !group
             .from_first([&] {
               return std::string(has_begun(arguments, plugin::resolve(experiment)) ? "yes" : "");
             })
             .empty();
  }
  if (arguments.resume) {
    arguments.out = group.from_first(
        [&] { return choose_directory(arguments, plugin::resolve(experiment)).string(); });
    const auto stored = group.from_first([&] {
      return experiment::to_toml(
          experiment::read_single_file(RunDirectory(arguments.out).experiment()));
    });
    const auto then =
        experiment::interpret(experiment::parse_document(stored, "the run's experiment"),
                              experiment.name)
            .training;
    const bool in_epochs = own.total_epochs > 0;
    const int64_t asked = in_epochs ? own.total_epochs : own.total_iterations;
    const int64_t before = in_epochs ? then.total_epochs : then.total_iterations;
    if (!arguments.extend && asked < before && sets_length(overrides)) {
      throw ExperimentError(
          fmt::format("--set gives the run a length of {}, but {} has one of {}; to shorten it, "
                      "use --extend {}",
                      asked, arguments.out.string(), before, asked));
    }
    const int64_t length = arguments.extend.value_or(std::max(asked, before));
    overrides.settings.push_back(
        fmt::format("training.{}={}", in_epochs ? "total_epochs" : "total_iterations", length));
    overrides.settings.push_back(fmt::format("training.extended_at={}", then.extended_at));
    if (then.accumulate > 0) parts = then.accumulate;
  }
  if (!arguments.resume && own.extended_at > 0) {
    spdlog::warn(
        "the experiment is that of a run that was extended at a length of {}; this one runs "
        "straight through, so its results will differ",
        own.extended_at);
    overrides.settings.emplace_back("training.extended_at=0");
  }
  if (own.accumulate == 0 && parts > 0) {
    overrides.settings.push_back(fmt::format("training.accumulate={}", parts));
  }
  const bool is_as_given = overrides.settings == arguments.experiment.overrides.settings;
  return is_as_given ? experiment : experiment::read_experiment(file, overrides);
}

}  // namespace host::commands
