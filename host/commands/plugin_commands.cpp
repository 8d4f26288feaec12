#include "host/commands/plugin_commands.h"

#include <memory>
#include <string>

#include "host/commands/arguments.h"

namespace host::commands {

namespace {

void add_lists(CLI::App& app, int& status) {
  const auto json = std::make_shared<bool>(false);
  auto* list = app.add_subcommand("plugins", "List the plugins in the search path");
  add_json(*list, *json);
  list->footer("Example: sla_host plugins --json");
  list->callback([json, &status] { status = plugins({}, *json); });

  const auto described = std::make_shared<DescribeArguments>();
  auto* one = app.add_subcommand("describe", "Print the parameters of a plugin's components");
  one->add_option("name", described->name, "Plugin or component")->required()->type_name("NAME");
  add_json(*one, described->json);
  one->footer("Example: sla_host describe jigsaw");
  one->callback([described, &status] { status = describe(*described); });

  auto* every = app.add_subcommand(
      "options",
      "Print every key of experiments and plugins with default and meaning, in Markdown");
  every->footer("Example: sla_host options > options.md");
  every->callback([&status] { status = options(); });

  const auto inspected = std::make_shared<InspectArguments>();
  auto* any = app.add_subcommand(
      "inspect", "Print a plugin file's build information and components (runs its code)");
  any->add_option("file", inspected->file, "Plugin file")->required()->type_name("FILE.so");
  add_json(*any, inspected->json);
  any->footer("Example: sla_host inspect my_shifts/build/my_shifts.so");
  any->callback([inspected, &status] { status = inspect(*inspected); });
}

void add_new_plugin(CLI::App& app, int& status) {
  const auto arguments = std::make_shared<NewPluginArguments>();
  auto* command = app.add_subcommand(
      "new-plugin", "Generate a plugin project that builds, passes its tests and trains");
  command
      ->add_option("kind", arguments->kind,
                   "augmentation, transformation, dataset, model or objective")
      ->required()
      ->type_name("KIND");
  command->add_option("name", arguments->name, "The plugin's name, such as my_rotation")
      ->required()
      ->type_name("NAME");
  command->add_option("--dir", arguments->folder, "Where to write it (default NAME)")
      ->type_name("DIR");
  command->footer("Example: sla_host new-plugin transformation my_shifts");
  command->callback([arguments, &status] { status = new_plugin(*arguments); });
}

void add_conformance(CLI::App& app, int& status) {
  const auto arguments = std::make_shared<ConformanceArguments>();
  auto* command =
      app.add_subcommand("conformance", "Check a plugin's components against the SDK's contracts");
  command->add_option("file", arguments->file, "Plugin file")->required()->type_name("FILE.so");
  command->add_option("--set", arguments->settings, "Set a parameter of a component")
      ->type_name("COMPONENT.KEY=VALUE")
      ->allow_extra_args(false);
  command->footer("Example: sla_host conformance build/my_data.so --set my_data.root=images");
  command->callback([arguments, &status] { status = conformance(*arguments); });
}

void add_doctor(CLI::App& app, int& status) {
  const auto file = std::make_shared<std::filesystem::path>();
  auto* command =
      app.add_subcommand("doctor", "Diagnose why plugins do not load, and suggest a fix");
  command->add_option("file", *file, "Plugin file (default: all in the search path)")
      ->type_name("FILE.so");
  command->footer("Example: sla_host doctor build/my_shifts.so");
  command->callback([file, &status] { status = doctor(*file); });
}

}  // namespace

void add_plugin_commands(CLI::App& app, int& status) {
  add_lists(app, status);
  add_new_plugin(app, status);
  add_conformance(app, status);
  add_doctor(app, status);
}

}  // namespace host::commands
