#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <iostream>

#include "host/base/errors.h"
#include "host/commands/result_commands.h"
#include "host/results/run_labels.h"

namespace host::commands {

namespace {

using results::RunLabels;

void change(const TagArguments& arguments, RunLabels& labels) {
  auto& tags = labels.tags;
  tags.insert(tags.end(), arguments.add.begin(), arguments.add.end());
  std::sort(tags.begin(), tags.end());
  tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
  std::erase_if(tags, [&](const std::string& tag) {
    return std::find(arguments.remove.begin(), arguments.remove.end(), tag) !=
           arguments.remove.end();
  });
  if (arguments.note) labels.note = *arguments.note;
}

}  // namespace

int tag(const TagArguments& arguments) {
  // All or none.
  for (const auto& path : arguments.runs) {
    if (std::filesystem::exists(storage::RunDirectory(path).experiment())) continue;
    throw StorageError(path.string() + " is not a run directory: it has no experiment.toml");
  }
  const bool changes = !arguments.add.empty() || !arguments.remove.empty() || arguments.note;
  for (const auto& path : arguments.runs) {
    const storage::RunDirectory run(path);
    RunLabels labels = results::read_labels(run);
    if (changes) {
      change(arguments, labels);
      results::write_labels(run, labels);
    }
    std::cout << fmt::format("{}: {}{}{}\n", path.string(), fmt::join(labels.tags, ", "),
                             labels.note.empty() || labels.tags.empty() ? "" : "; ", labels.note);
  }
  return 0;
}

}  // namespace host::commands
