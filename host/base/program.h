#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace host {

/// How another program ended and what it printed.
struct ProgramRun {
  int status = 0;
  std::vector<std::string> lines;
};

/// What to keep of a program's output.
enum class Output { standard, with_errors };

/// Changes to the environment of a program; nullopt removes a variable.
using EnvironmentChanges = std::map<std::string, std::optional<std::string>>;

/// Runs a program, found in PATH if its name has no slash, to its end. Nullopt if it cannot be
/// started.
std::optional<ProgramRun> run_program(std::vector<std::string> command,
                                      Output output = Output::standard,
                                      const EnvironmentChanges& changes = {});

}  // namespace host
