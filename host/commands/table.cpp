#include <spdlog/spdlog.h>

#include <iostream>
#include <set>
#include <vector>

#include <nlohmann/json.hpp>

#include "host/base/errors.h"
#include "host/commands/result_commands.h"
#include "host/results/paper_table.h"
#include "host/results/run_summary.h"
#include "host/storage/atomic_file.h"
#include "host/storage/json_file.h"
#include "host/storage/run_directory.h"

namespace host::commands {

namespace {

namespace fs = std::filesystem;

/// The directories of all finished runs below a folder.
std::vector<fs::path> finished_runs(const fs::path& folder) {
  auto runs = results::find_runs(folder);
  std::erase_if(
      runs, [](const fs::path& run) { return !fs::exists(storage::RunDirectory(run).results()); });
  return runs;
}

std::string in_format(const results::TextTable& table, const fs::path& file) {
  const std::string extension = file.extension();
  if (extension == ".md") return table.markdown();
  if (extension == ".csv") return table.csv();
  if (extension == ".tex") return table.latex();
  throw StorageError("cannot tell the format of " + file.string() + "; use .md, .csv or .tex");
}

void print(const results::PaperTable& table) {
  std::cout << table.title() << "\n\n" << table.text().plain();
  std::set<std::string> sources;
  for (const auto& cell : table.cells()) {
    if (!cell.source.empty()) sources.insert(cell.source);
  }
  std::cout << "\n";
  for (const std::string& source : sources) std::cout << "published: " << source << "\n";
  for (const auto& cell : table.cells()) {
    const std::string missing = table.missing(cell);
    if (!missing.empty()) {
      std::cout << "missing: " << cell.row << ", " << cell.column << ": " << missing << "\n";
    }
  }
}

}  // namespace

int table(const TableArguments& arguments) {
  results::PaperTable table(arguments.file, arguments.overrides);
  for (const fs::path& file : arguments.outputs) in_format(table.text(), file);
  std::vector<std::string> notes;
  if (!fs::is_directory(arguments.runs)) {
    const std::string advice =
        "no folder " + arguments.runs.string() + "; name the one that holds your runs with --runs";
    // Without any, published values are worth a table.
    if (arguments.runs != TableArguments().runs) throw StorageError(advice);
    spdlog::warn("{}", advice);
  }
  const auto directories = finished_runs(arguments.runs);
  if (!directories.empty()) table.fill(results::read_runs(directories, notes), notes);
  for (const std::string& note : notes) spdlog::warn("{}", note);
  const auto& changes = arguments.overrides;
  if (!changes.profiles.empty() || !changes.unset.empty() || !changes.settings.empty()) {
    spdlog::warn("our runs use changed experiments; the published values do not");
  }
  for (const fs::path& file : arguments.outputs) {
    storage::write_atomically(file, in_format(table.text(), file));
  }
  if (arguments.json) {
    std::cout << storage::json_text(table.json());
  } else {
    print(table);
  }
  return 0;
}

}  // namespace host::commands
