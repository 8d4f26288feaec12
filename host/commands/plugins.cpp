#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <iostream>

#include "host/commands/child.h"
#include "host/commands/commands.h"
#include "host/errors.h"
#include "host/experiment/check.h"
#include "host/experiment/suggest.h"
#include "host/plugin/library.h"
#include "host/plugin/plugin_file.h"
#include "host/plugin/search_path.h"

namespace host::commands {

namespace {

namespace fs = std::filesystem;

void print_component(const sla::detail::Component& component) {
  std::cout << fmt::format("{} {}: {}\n", plugin::kind_name(plugin::kind_of(component)),
                           component.name, component.summary);
  for (const sla::Parameter& parameter : component.parameters) {
    const std::string value =
        parameter.required ? "required" : "default " + sla::to_toml(parameter.default_value);
    std::cout << fmt::format("    {:<26} {} ({}; {})\n", parameter.name, parameter.help,
                             experiment::describe_type(parameter), value);
  }
}

int list_components(const fs::path& file) {
  try {
    const auto library = plugin::Library::load(file);
    for (const auto& component : library->components()) {
      std::cout << fmt::format("{:<16}{:<16}{:<16}{}\n",
                               plugin::kind_name(plugin::kind_of(component)), library->name(),
                               component.name, component.summary);
    }
    return 0;
  } catch (const PluginError& error) {
    std::cout << error.what() << "\n";
    return 2;
  }
}

/// One broken plugin must not hide the others; null for it.
std::shared_ptr<const plugin::Library> load_or_warn(const fs::path& file) {
  try {
    return plugin::Library::load(file);
  } catch (const PluginError& error) {
    spdlog::warn("{}", error.what());
    return nullptr;
  }
}

}  // namespace

int plugins(const std::vector<fs::path>& folders) {
  int broken = 0;
  for (const fs::path& file : plugin::list_plugins(plugin::search_path(folders))) {
    // Each in a process of its own: what one does at its loading is not the others' business.
    const auto ended = to_the_end_in_child([&] { return list_components(file); });
    if (!ended.by_itself.empty()) {
      std::cout << "plugin " << file.string() << ": its code ends the program " << ended.by_itself
                << " at loading\n";
    }
    if (ended.status != 0) ++broken;
  }
  return broken == 0 ? 0 : 2;
}

int describe(const std::string& name) {
  const auto folders = plugin::search_path({});
  std::vector<std::string> known;
  bool found = false;
  for (const fs::path& file : plugin::list_plugins(folders)) {
    const auto library = load_or_warn(file);
    if (!library) continue;
    for (const auto& component : library->components()) {
      known.push_back(component.name);
      if (component.name != name && library->name() != name) continue;
      print_component(component);
      found = true;
    }
  }
  if (!found) {
    throw PluginError("no plugin or component '" + name + "' in the search path" +
                      experiment::suggest(name, known));
  }
  return 0;
}

int inspect(const fs::path& file) {
  const auto handshake = plugin::read_handshake(file);
  std::cout << fmt::format(
      "file        {}\nversion     {}\nSDK         {}.{}\nLibTorch    {}\nC++ library {}\n"
      "compiler    {}\n",
      file.string(), handshake.plugin_version.view(), handshake.sdk_major, handshake.sdk_minor,
      handshake.libtorch.view(), handshake.cxx_abi.view(), handshake.compiler.view());
  plugin::check_handshake(handshake, file);
  std::cout << "components  (as the plugin says: listing them runs its code)\n" << std::flush;
  for (const auto& component : plugin::Library::load(file)->components()) {
    print_component(component);
  }
  return 0;
}

}  // namespace host::commands
