#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <iostream>
#include <memory>

#include <nlohmann/json.hpp>

#include "host/base/errors.h"
#include "host/base/exit_status.h"
#include "host/commands/child.h"
#include "host/commands/plugin_commands.h"
#include "host/experiment/check.h"
#include "host/experiment/suggest.h"
#include "host/plugin/library.h"
#include "host/plugin/plugin_file.h"
#include "host/plugin/search_path.h"
#include "host/storage/json_file.h"

namespace host::commands {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

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

json describe(const sla::detail::Component& component) {
  json parameters = json::array();
  for (const sla::Parameter& parameter : component.parameters) {
    json one{{"name", parameter.name},
             {"type", sla::type_name(parameter.default_value)},
             {"help", parameter.help},
             {"required", parameter.required},
             {"allowed", experiment::describe_type(parameter)}};
    if (!parameter.required) one["default"] = sla::to_toml(parameter.default_value);
    parameters.push_back(std::move(one));
  }
  return {{"kind", plugin::kind_name(plugin::kind_of(component))},
          {"name", component.name},
          {"summary", component.summary},
          {"parameters", parameters}};
}

json describe(const plugin::Library& library) {
  json components = json::array();
  for (const auto& component : library.components()) components.push_back(describe(component));
  return {{"plugin", library.name()},
          {"file", library.file().string()},
          {"version", library.handshake().plugin_version.view()},
          {"components", components}};
}

int list_components(const fs::path& file) {
  try {
    const auto library = plugin::Library::load(file);
    for (const auto& component : library->components()) {
      std::cout << fmt::format("{:<15} {:<15} {:<15} {}\n",
                               plugin::kind_name(plugin::kind_of(component)), library->name(),
                               component.name, component.summary);
    }
    return 0;
  } catch (const PluginError& error) {
    std::cout << error.what() << "\n";
    return kUserErrorStatus;
  }
}

/// Describes a plugin in a child process, which answers through an unnamed file.
json describe_in_child(const fs::path& file) {
  const std::unique_ptr<FILE, int (*)(FILE*)> answer(std::tmpfile(), &std::fclose);
  if (!answer) throw StorageError("cannot create a temporary file");
  const auto ended = to_the_end_in_child([&] {
    json told;
    try {
      told = describe(*plugin::Library::load(file));
    } catch (const PluginError& error) {
      told = {{"file", file.string()}, {"error", error.what()}};
    }
    std::fputs(told.dump().c_str(), answer.get());
    return std::fflush(answer.get());
  });
  std::rewind(answer.get());
  json told = json::parse(answer.get(), nullptr, /*allow_exceptions=*/false);
  if (!ended.by_itself.empty() || !told.is_object()) {
    told = {{"file", file.string()},
            {"error", "its code ends the program " + ended.by_itself + " at loading"}};
  }
  return told;
}

/// A broken plugin must not hide the others; returns null for it.
std::shared_ptr<const plugin::Library> load_or_warn(const fs::path& file) {
  try {
    return plugin::Library::load(file);
  } catch (const PluginError& error) {
    spdlog::warn("{}", error.what());
    return nullptr;
  }
}

}  // namespace

int plugins(const std::vector<fs::path>& folders, bool as_json) {
  int broken = 0;
  json listed = json::array();
  for (const fs::path& file : plugin::list_plugins(plugin::search_path(folders))) {
    if (as_json) {
      listed.push_back(describe_in_child(file));
      if (listed.back().contains("error")) ++broken;
      continue;
    }
    // Each in its own process, so that one's load-time code does not affect the others.
    const auto ended = to_the_end_in_child([&] { return list_components(file); });
    if (!ended.by_itself.empty()) {
      std::cout << "plugin " << file.string() << ": its code ends the program " << ended.by_itself
                << " at loading\n";
    }
    if (ended.status != 0) ++broken;
  }
  if (as_json) std::cout << storage::json_text(listed);
  return broken == 0 ? 0 : kUserErrorStatus;
}

int describe(const DescribeArguments& arguments) {
  const std::string& name = arguments.name;
  std::vector<std::string> known;
  json found = json::array();
  for (const fs::path& file : plugin::list_plugins(plugin::search_path({}))) {
    const auto library = load_or_warn(file);
    if (!library) continue;
    for (const auto& component : library->components()) {
      known.push_back(component.name);
      if (component.name != name && library->name() != name) continue;
      found.push_back(describe(component));
      if (!arguments.json) print_component(component);
    }
  }
  if (found.empty()) {
    throw PluginError("no plugin or component '" + name + "' in the search path" +
                      experiment::suggest(name, known));
  }
  if (arguments.json) std::cout << storage::json_text(found);
  return 0;
}

int inspect(const InspectArguments& arguments) {
  const fs::path& file = arguments.file;
  const auto handshake = plugin::read_handshake(file);
  if (arguments.json) {
    plugin::check_handshake(handshake, file);
    json facts = describe(*plugin::Library::load(file));
    facts["sdk"] = fmt::format("{}.{}", handshake.sdk_major, handshake.sdk_minor);
    facts["libtorch"] = handshake.libtorch.view();
    facts["cxx_library"] = handshake.cxx_abi.view();
    facts["compiler"] = handshake.compiler.view();
    std::cout << storage::json_text(facts);
    return 0;
  }
  std::cout << fmt::format(
      "file        {}\nversion     {}\nSDK         {}.{}\nLibTorch    {}\nC++ library {}\n"
      "compiler    {}\n",
      file.string(), handshake.plugin_version.view(), handshake.sdk_major, handshake.sdk_minor,
      handshake.libtorch.view(), handshake.cxx_abi.view(), handshake.compiler.view());
  plugin::check_handshake(handshake, file);
  std::cout << "components  (reported by the plugin: listing them runs its code)\n" << std::flush;
  for (const auto& component : plugin::Library::load(file)->components()) {
    print_component(component);
  }
  return 0;
}

}  // namespace host::commands
