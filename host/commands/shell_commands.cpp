#include <iostream>
#include <memory>
#include <string>

#include "host/commands/arguments.h"
#include "host/commands/command_texts.h"

namespace host::commands {

void add_shell_commands(CLI::App& app, int& status) {
  const auto shell = std::make_shared<std::string>();
  auto* completion = app.add_subcommand("completion", "Print a completion script for bash or zsh");
  completion->add_option("shell", *shell, "bash or zsh")
      ->required()
      ->type_name("SHELL")
      ->check(CLI::IsMember({"bash", "zsh"}).description(""));
  completion->footer("Example: source <(sla_host completion bash)");
  completion->callback([shell, &app, &status] {
    const auto texts = command_texts(app);
    std::cout << (*shell == "bash" ? bash_completion(texts) : zsh_completion(texts));
    status = 0;
  });

  auto* manual = app.add_subcommand("manual", "Print the manual page");
  manual->footer("Example: sla_host manual > sla_host.1 && man ./sla_host.1");
  manual->callback([&app, &status] {
    std::cout << manual_page(command_texts(app));
    status = 0;
  });
}

}  // namespace host::commands
