#include <spdlog/fmt/fmt.h>

#include "host/base/installation.h"
#include "host/commands/command_texts.h"

namespace host::commands {

namespace {

constexpr const char* kEnd =
    ".SH EXIT STATUS\n"
    ".TP\n0\nDone.\n"
    ".TP\n1\nInternal error.\n"
    ".TP\n2\nUser error, explained in one line: in the command line, an experiment, a plugin\n"
    "or a file.\n"
    ".TP\n3\nTwo compared runs are not bit-identical.\n"
    ".TP\n4\nSome checks of a plugin, runs of a sweep or images failed.\n"
    ".TP\n5\nAnother process of the run ended or does not answer.\n"
    ".TP\n128+N\nSignal N stopped it; a run is saved and continues with \\-\\-resume.\n"
    ".SH ENVIRONMENT\n"
    ".TP\n.B SLA_PLUGIN_PATH\nFolders to search for plugins, separated by colons.\n"
    ".TP\n.B SLA_DATA\nA folder with CIFAR's archives or files.\n"
    ".TP\n.B SLA_CACHE\nWhere downloads are kept (default ~/.cache/sla).\n";

/// Escapes text for roff: no line becomes a command, and dashes stay ASCII.
std::string roff(const std::string& text) {
  std::string escaped;
  bool line_begins = true;
  for (const char c : text) {
    if (line_begins && (c == '.' || c == '\'')) escaped.append("\\&");
    if (c == '\\') {
      escaped.append("\\e");
    } else if (c == '-') {
      escaped.append("\\-");
    } else {
      escaped.push_back(c);
    }
    line_begins = c == '\n';
  }
  return escaped;
}

std::string option_entry(const OptionText& option) {
  const std::string names = fmt::format("{}", fmt::join(option.names, ", "));
  const std::string help = roff(option.help);
  if (option.positional) return fmt::format(".TP\n.I {}\n{}\n", roff(option.value), help);
  if (option.value.empty()) return fmt::format(".TP\n.B {}\n{}\n", roff(names), help);
  return fmt::format(".TP\n\\fB{}\\fR \\fI{}\\fR\n{}\n", roff(names), roff(option.value), help);
}

std::string synopsis(const CommandText& command) {
  std::string line = fmt::format(".br\n.B sla_host {}\n", roff(command.name));
  for (const OptionText& option : command.options) {
    if (option.positional) line += fmt::format(".I {}\n", roff(option.value));
  }
  return line + "[options]\n";
}

/// The program's own help: a paragraph and, after an empty line, examples.
std::string description(const std::string& help) {
  const auto examples = help.find("\n\n");
  return fmt::format(".SH DESCRIPTION\n{}\n.SH EXAMPLES\n.nf\n{}\n.fi\n",
                     roff(help.substr(0, examples)), roff(help.substr(examples + 2)));
}

}  // namespace

std::string manual_page(const std::vector<CommandText>& commands) {
  std::string page = fmt::format(
      ".TH SLA_HOST 1 \"\" \"sla_host {}\"\n.SH NAME\nsla_host \\- trains image classifiers with "
      "self\\-supervised label augmentation\n.SH SYNOPSIS\n",
      version());
  for (const CommandText& command : commands) page += synopsis(command);
  page += description(commands.front().help);
  for (const CommandText& command : commands) {
    if (command.name.empty()) {
      page += ".SH OPTIONS\n";
    } else {
      page +=
          fmt::format(".SH \"{}\"\n{}.\n", roff("sla_host " + command.name), roff(command.help));
    }
    for (const OptionText& option : command.options) page += option_entry(option);
    if (!command.footer.empty()) page += ".PP\n" + roff(command.footer) + "\n";
  }
  return page + kEnd;
}

}  // namespace host::commands
