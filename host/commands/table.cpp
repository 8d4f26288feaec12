#include <spdlog/spdlog.h>

#include <algorithm>
#include <iostream>
#include <set>

#include <nlohmann/json.hpp>

#include "host/base/errors.h"
#include "host/commands/result_commands.h"
#include "host/results/paper_table.h"
#include "host/storage/atomic_file.h"
#include "host/storage/json_file.h"

namespace host::commands {

namespace {

namespace fs = std::filesystem;

/// All run directories below a folder.
std::vector<fs::path> runs_below(const fs::path& folder) {
  if (!fs::is_directory(folder)) return {};
  std::vector<fs::path> runs;
  for (const auto& entry :
       fs::recursive_directory_iterator(folder, fs::directory_options::skip_permission_denied)) {
    if (entry.path().filename() == "results.json") runs.push_back(entry.path().parent_path());
  }
  std::sort(runs.begin(), runs.end());
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
  const auto directories = runs_below(arguments.runs);
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
