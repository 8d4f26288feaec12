#include <spdlog/spdlog.h>

#include <iostream>

#include <nlohmann/json.hpp>

#include "host/commands/result_commands.h"
#include "host/results/overview.h"
#include "host/storage/json_file.h"

namespace host::commands {

int compare(const CompareArguments& arguments) {
  std::vector<std::string> notes;
  auto runs = results::read_runs(arguments.runs, notes);
  results::require_one_test_split(runs);
  const auto groups = results::group_by_experiment(runs, notes);
  for (const std::string& note : notes) spdlog::warn("{}", note);
  if (arguments.json) {
    auto facts = results::overview_json(groups, runs);
    facts["notes"] = notes;
    std::cout << storage::json_text(facts);
    return 0;
  }
  std::cout << results::overview_of(groups, runs).plain();
  for (const auto& group : groups.groups) {
    for (const size_t i : group.runs) {
      if (!runs[i].finished())
        std::cout << runs[i].path.string() << ": " << runs[i].state() << "\n";
    }
  }
  return 0;
}

}  // namespace host::commands
