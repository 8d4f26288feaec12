#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <tuple>
#include <vector>

#include "host/commands/plugin_commands.h"
#include "host/experiment/check.h"
#include "host/experiment/schema.h"
#include "host/plugin/library.h"
#include "host/plugin/search_path.h"

namespace host::commands {

namespace {

/// Text in a cell of a Markdown table.
std::string cell(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '|' || c == '<' || c == '*') escaped.push_back('\\');
    escaped.push_back(c);
  }
  return escaped;
}

void print(const std::vector<sla::Parameter>& parameters) {
  if (parameters.empty()) return;
  std::cout << "\n| key | default | meaning | values |\n| --- | --- | --- | --- |\n";
  for (const sla::Parameter& parameter : parameters) {
    const std::string value =
        parameter.required ? "required" : "`" + sla::to_toml(parameter.default_value) + "`";
    std::cout << fmt::format("| `{}` | {} | {} | {} |\n", parameter.name, value,
                             cell(parameter.help), cell(experiment::describe_type(parameter)));
  }
}

void print_experiment() {
  using namespace experiment;
  const std::vector<std::pair<const char*, std::vector<sla::Parameter>>> tables{
      {"Outside of tables", root_schema()},
      {"`[dataset]`, `[model]`, `[objective]`, `[[transformation]]`, `[[augmentation]]`",
       component_schema()},
      {"`[model]`, besides", initial_weights_schema()},
      {"`[normalisation]`", normalisation_schema()},
      {"`[optimizer]`", optimizer_schema()},
      {"`[[parameter_group]]`", parameter_group_schema()},
      {"`[schedule]`", schedule_schema()},
      {"`[training]`", training_schema()},
      {"`[checkpoints]`", checkpoints_schema()},
      {"`[evaluation]`", evaluation_schema()},
      {"`[protocol]`", protocol_schema()},
      {"`[runtime]`", runtime_schema()},
      {"`[[published]]`", published_schema()}};
  for (const auto& [title, schema] : tables) {
    std::cout << "\n### " << title << "\n";
    print(schema);
  }
}

void print_plugins() {
  // By kind, then by name.
  std::map<std::tuple<plugin::Kind, std::string, std::string>,
           std::shared_ptr<const plugin::Library>>
      all;
  for (const auto& file : plugin::list_plugins(plugin::search_path({}))) {
    const auto library = plugin::Library::load(file);
    for (const auto& component : library->components()) {
      all[{plugin::kind_of(component), library->name(), component.name}] = library;
    }
  }
  for (const auto& [key, library] : all) {
    const auto& [kind, name, component] = key;
    const auto& described = library->component(kind, component);
    const std::string of = name == component ? "" : " of plugin `" + name + "`";
    std::cout << fmt::format("\n### {} `{}`{}\n\n{}.\n", plugin::kind_name(kind), component, of,
                             cell(described.summary));
    print(described.parameters);
  }
}

}  // namespace

int options() {
  std::cout << "# Options\n\n"
               "Every key of a resolved experiment, with its default and meaning, as the program "
               "itself knows them:\n`sla_host options` prints this page, with the plugins that it "
               "finds. [experiments.md](experiments.md) explains how\nthey work together, and the "
               "keys that compose an experiment (`extends`, `unset`, `[profile.NAME]`);\n"
               "`sla_host describe NAME` prints one plugin's.\n\n"
               "## The experiment\n";
  print_experiment();
  std::cout << "\n## Plugins\n";
  print_plugins();
  return 0;
}

}  // namespace host::commands
