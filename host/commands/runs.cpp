#include <spdlog/spdlog.h>

#include <iostream>

#include <nlohmann/json.hpp>

#include "host/base/errors.h"
#include "host/commands/result_commands.h"
#include "host/storage/json_file.h"

namespace host::commands {

int runs(const RunsArguments& arguments) {
  const auto& [folder, query, csv, json] = arguments;
  if (!std::filesystem::is_directory(folder)) {
    throw StorageError("no folder " + folder.string() + "; name the one that holds your runs");
  }
  std::vector<std::string> notes;
  auto found = results::summarise(results::find_runs(folder), notes);
  for (const std::string& note : notes) spdlog::warn("{}", note);
  if (found.empty()) throw StorageError("no runs below " + folder.string());
  results::apply(query, found);
  if (json) {
    std::cout << storage::json_text(results::json_of(query, found));
  } else {
    const auto table = results::table_of(query, found);
    std::cout << (csv ? table.csv() : table.plain());
  }
  return 0;
}

}  // namespace host::commands
