#include "host/base/program.h"

#include <boost/process.hpp>

namespace host {

namespace process = boost::process;

std::optional<ProgramRun> run_program(std::vector<std::string> command, Output output,
                                      const EnvironmentChanges& changes) try {
  process::environment environment = boost::this_process::environment();
  for (const auto& [name, value] : changes) {
    if (value) {
      environment[name] = *value;
    } else {
      environment.erase(name);
    }
  }
  std::string& name = command.front();
  if (name.find('/') == std::string::npos) name = process::search_path(name).string();
  process::ipstream printed;
  process::child child =
      output == Output::with_errors
          ? process::child(command, environment, (process::std_out & process::std_err) > printed,
                           process::std_in < process::null)
          : process::child(command, environment, process::std_out > printed,
                           process::std_err > process::null, process::std_in < process::null);
  ProgramRun run;
  for (std::string line; std::getline(printed, line);) run.lines.push_back(line);
  child.wait();
  run.status = child.exit_code();
  return run;
} catch (const process::process_error&) {
  return std::nullopt;
}

}  // namespace host
