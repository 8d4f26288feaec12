#include "host/sweep/cell_command.h"

#include "host/base/installation.h"

namespace host::sweep {

std::vector<std::string> command_of(const Cell& cell, bool resume,
                                    const std::vector<std::string>& settings) {
  std::vector<std::string> command{this_program().string(), cell.experiment.string(), "--out",
                                   cell.directory.string()};
  if (!cell.overrides.profiles.empty()) {
    command.insert(command.end(), {"--profile", cell.overrides.profiles});
  }
  for (const auto* list : {&cell.overrides.settings, &settings}) {
    for (const std::string& setting : *list) command.insert(command.end(), {"--set", setting});
  }
  if (resume) command.emplace_back("--resume");
  return command;
}

std::string shell_text(const std::vector<std::string>& command) {
  std::string text;
  for (const std::string& word : command) {
    if (!text.empty()) text += ' ';
    text += '\'';
    for (const char c : word) text.append(c == '\'' ? "'\\''" : std::string(1, c));
    text += '\'';
  }
  return text;
}

}  // namespace host::sweep
