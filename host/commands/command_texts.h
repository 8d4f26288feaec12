#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace host::commands {

/// A description of the command line, from which the manual and the completion scripts are
/// generated.
struct OptionText {
  /// "--out", or "-o" and "--output"; for a positional argument its name alone.
  std::vector<std::string> names;
  /// Placeholder of its value, such as "DIR"; empty for a flag.
  std::string value;
  std::string help;
  bool positional = false;
};

struct CommandText {
  /// Empty for the program itself.
  std::string name;
  std::string help;
  /// "Example: sla_host ...", or empty.
  std::string footer;
  std::vector<OptionText> options;
};

/// The program itself, then its commands in order.
std::vector<CommandText> command_texts(const CLI::App& app);

/// A manual page in roff.
std::string manual_page(const std::vector<CommandText>& commands);

/// Completion scripts for bash and zsh.
std::string bash_completion(const std::vector<CommandText>& commands);
std::string zsh_completion(const std::vector<CommandText>& commands);

}  // namespace host::commands
