#include <spdlog/fmt/fmt.h>

#include "host/commands/command_texts.h"

namespace host::commands {

namespace {

/// All options of a command as a space-separated list.
std::string dashed(const CommandText& command) {
  std::vector<std::string> names;
  for (const OptionText& option : command.options) {
    if (!option.positional) names.insert(names.end(), option.names.begin(), option.names.end());
  }
  return fmt::format("{}", fmt::join(names, " "));
}

std::string names_of(const std::vector<CommandText>& commands) {
  std::vector<std::string> names;
  for (const CommandText& command : commands) {
    if (!command.name.empty()) names.push_back(command.name);
  }
  return fmt::format("{}", fmt::join(names, " "));
}

/// Escapes text for zsh's _arguments: inside single quotes, where brackets and colons are special.
std::string zsh_text(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') escaped += '\\';
    escaped += c == '\'' ? "'\\''" : std::string(1, c);
  }
  return escaped;
}

/// The zsh completion action for a value.
std::string zsh_action(const std::string& value) {
  if (value.find('=') != std::string::npos) return " ";
  const auto dot = value.ends_with(",...") ? std::string::npos : value.find('.');
  if (dot != std::string::npos) return "_files -g \"*" + value.substr(dot) + "\"";
  if (value == "DIR" || value == "RUN") return "_files -/";
  for (const char* free : {"NAME", "N", "K", "KEY", "KIND", "SHELL", "TEXT"}) {
    if (value == free) return " ";
  }
  if (value.find(',') != std::string::npos) return " ";
  return "_files";
}

std::string zsh_option(const OptionText& option) {
  const std::string action =
      fmt::format(":{}:{}", zsh_text(option.value), zsh_action(option.value));
  if (option.positional) return fmt::format("      '*{}'", action);
  std::string lines;
  for (const std::string& name : option.names) {
    lines += fmt::format("{}      '*{}[{}]{}'", lines.empty() ? "" : " \\\n", name,
                         zsh_text(option.help), option.value.empty() ? "" : action);
  }
  return lines;
}

std::string zsh_arguments(const CommandText& command) {
  std::vector<std::string> lines;
  for (const OptionText& option : command.options) lines.push_back(zsh_option(option));
  return fmt::format("    _arguments \\\n{}\n", fmt::join(lines, " \\\n"));
}

}  // namespace

std::string bash_completion(const std::vector<CommandText>& commands) {
  std::string cases;
  for (const CommandText& command : commands) {
    cases += fmt::format("    {}) options='{}' ;;\n", command.name.empty() ? "*" : command.name,
                         dashed(command));
  }
  // The default case comes last.
  const auto first_line = cases.find('\n') + 1;
  cases = cases.substr(first_line) + cases.substr(0, first_line);
  return fmt::format(
      "# Bash completion for sla_host: source it, or install it for bash-completion.\n"
      "_sla_host() {{\n"
      "  local word=${{COMP_WORDS[COMP_CWORD]}} options\n"
      "  case ${{COMP_WORDS[1]}} in\n"
      "{}"
      "  esac\n"
      "  COMPREPLY=()\n"
      "  if [[ $word == -* ]]; then\n"
      "    COMPREPLY=($(compgen -W \"$options\" -- \"$word\"))\n"
      "    return\n"
      "  fi\n"
      "  if ((COMP_CWORD == 1)); then COMPREPLY=($(compgen -W '{}' -- \"$word\")); fi\n"
      "  compopt -o filenames 2>/dev/null\n"
      "  mapfile -t -O ${{#COMPREPLY[@]}} COMPREPLY < <(compgen -f -- \"$word\")\n"
      "}}\n"
      "complete -F _sla_host sla_host\n",
      cases, names_of(commands));
}

std::string zsh_completion(const std::vector<CommandText>& commands) {
  std::string listed;
  std::string cases;
  for (const CommandText& command : commands) {
    if (command.name.empty()) continue;
    listed += fmt::format("    '{}:{}'\n", command.name, zsh_text(command.help));
    cases += fmt::format("  {})\n{}    ;;\n", command.name, zsh_arguments(command));
  }
  return fmt::format(
      "#compdef sla_host\n"
      "# Zsh completion for sla_host: save it as _sla_host in a folder of $fpath.\n"
      "local -a commands=(\n{})\n"
      "if ((CURRENT == 2)) && [[ $PREFIX != -* ]]; then\n"
      "  _describe command commands\n"
      "  _files -g \"*.toml\"\n"
      "  return\n"
      "fi\n"
      "case $words[2] in\n"
      "{}"
      "  *)\n{}    ;;\n"
      "esac\n",
      listed, cases, zsh_arguments(commands.front()));
}

}  // namespace host::commands
