#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace host::commands {

/// What the command line understands, in words: the source of the manual and of completion.
struct OptionText {
  /// "--out", or "-o" and "--output"; of an argument without a dash its name alone.
  std::vector<std::string> names;
  /// What follows it, such as "DIR"; empty: nothing.
  std::string value;
  std::string help;
  bool positional = false;
};

struct CommandText {
  /// Empty: that of the program itself.
  std::string name;
  std::string help;
  /// "Example: sla_host ...", or empty.
  std::string footer;
  std::vector<OptionText> options;
};

/// The program itself and then its commands, in their order.
std::vector<CommandText> command_texts(const CLI::App& app);

/// A page for man, in roff.
std::string manual_page(const std::vector<CommandText>& commands);

/// Scripts that complete words of the command line in bash and zsh.
std::string bash_completion(const std::vector<CommandText>& commands);
std::string zsh_completion(const std::vector<CommandText>& commands);

}  // namespace host::commands
