#include "host/report/report.h"

#include <spdlog/spdlog.h>

#include <iostream>

#include "host/commands/result_commands.h"
#include "host/commands/trained.h"
#include "host/results/run.h"
#include "host/storage/atomic_file.h"
#include "host/storage/run_directory.h"

namespace host::commands {

int report(const ReportArguments& arguments) {
  std::vector<std::string> notes;
  auto runs = results::read_runs(arguments.runs, notes);
  for (const std::string& note : notes) spdlog::warn("{}", note);
  auto file = arguments.file;
  if (file.empty()) {
    file = arguments.runs.size() == 1 ? storage::RunDirectory(arguments.runs.front()).report()
                                      : std::filesystem::path("report.html");
  }
  if (file.filename() != storage::RunDirectory("").report()) refuse_files_of_runs(file);
  storage::write_atomically(file, report::page_of(std::move(runs), notes));
  std::cout << file.string() << "\n";
  return 0;
}

}  // namespace host::commands
