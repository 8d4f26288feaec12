#include "host/commands/command_texts.h"

#include <CLI/CLI.hpp>

namespace host::commands {

namespace {

CommandText text_of(const CLI::App& app, const std::string& name) {
  CommandText text{name, app.get_description(), app.get_footer(), {}};
  for (const CLI::Option* option : app.get_options()) {
    OptionText one{.names = {},
                   .value = option->get_items_expected_max() == 0 ? "" : option->get_type_name(),
                   .help = option->get_description(),
                   .positional = option->get_positional()};
    if (one.positional) one.names.push_back(option->get_name());
    for (const std::string& letter : option->get_snames()) one.names.push_back("-" + letter);
    for (const std::string& word : option->get_lnames()) one.names.push_back("--" + word);
    text.options.push_back(std::move(one));
  }
  return text;
}

}  // namespace

std::vector<CommandText> command_texts(const CLI::App& app) {
  std::vector<CommandText> texts{text_of(app, "")};
  for (const CLI::App* command : app.get_subcommands({})) {
    texts.push_back(text_of(*command, command->get_name()));
  }
  return texts;
}

}  // namespace host::commands
