#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "host/base/errors.h"
#include "host/base/installation.h"
#include "host/commands/plugin_commands.h"
#include "host/experiment/suggest.h"
#include "host/plugin/search_path.h"
#include "host/storage/atomic_file.h"

namespace host::commands {

namespace {

namespace fs = std::filesystem;

/// Placeholder names in the templates, and the new plugin's names.
constexpr const char* kName = "my_plugin";
constexpr const char* kClass = "MyPlugin";

std::vector<std::string> kinds(const fs::path& templates) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(templates)) {
    names.push_back(entry.path().filename());
  }
  std::sort(names.begin(), names.end());
  return names;
}

void check_name(const std::string& name) {
  static const std::regex kAllowed("[a-z][a-z0-9_]*");
  // Names reserved by CMake.
  static const std::set<std::string> kTaken{
      "all",     "clean",      "edit_cache",    "help", "install", "list_install_components",
      "package", "preinstall", "rebuild_cache", "test"};
  if (std::regex_match(name, kAllowed) && !kTaken.contains(name)) return;
  throw Error("'" + name +
              "' is not a valid plugin name: use lower-case letters, digits and '_', "
              "start with a letter, and avoid names reserved by CMake (all, test, "
              "install); for example my_rotation");
}

/// Plugins of the same name shadow each other, here in the experiment being generated.
void check_unused(const std::string& name) {
  for (const fs::path& file : plugin::list_plugins(plugin::search_path({}))) {
    if (file.stem() == name) {
      throw Error("a plugin '" + name + "' already exists: " + file.string() +
                  "; choose another name, such as my_" + name);
    }
  }
}

/// Converts my_rotation to MyRotation.
std::string class_name(const std::string& name) {
  std::string camel;
  bool begins = true;
  for (const char c : name) {
    if (c != '_') camel += begins ? static_cast<char>(std::toupper(c)) : c;
    begins = c == '_';
  }
  return camel;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

std::string content_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  if (!(text << stream.rdbuf())) throw StorageError("cannot read the template " + file.string());
  return text.str();
}

/// Quotes a path for the shell.
std::string quoted(const fs::path& path) {
  std::string text = path.string();
  if (text.find_first_of(" '\"$&;()*?") == std::string::npos) return text;
  return fmt::format("'{}'", replaced(text, "'", "'\\''"));
}

/// The CMake option that finds this program's SDK, which is PREFIX/lib/cmake/sla if the templates
/// are PREFIX/share/sla/templates; empty if none is needed.
std::string cmake_option(const fs::path& templates) {
  const fs::path installed = templates.parent_path().parent_path().parent_path();
  if (installed == "/usr" || installed == "/usr/local") return "";
  return " -DCMAKE_PREFIX_PATH=" + quoted(installed);
}

/// How to call this program: by name if it is in PATH.
std::string program() {
  const fs::path own = this_program();
  const char* variable = std::getenv("PATH");
  std::istringstream path(variable == nullptr ? "" : variable);
  for (std::string folder; std::getline(path, folder, ':');) {
    std::error_code absent;
    if (fs::equivalent(fs::path(folder) / own.filename(), own, absent)) return own.filename();
  }
  return quoted(own);
}

}  // namespace

int new_plugin(const NewPluginArguments& arguments) {
  const auto found = installed_file("templates");
  if (!found) throw StorageError("cannot find the plugin templates; reinstall sla_host");
  const fs::path& templates = *found;
  const auto known = kinds(templates);
  if (std::find(known.begin(), known.end(), arguments.kind) == known.end()) {
    throw Error("unknown plugin kind '" + arguments.kind + "'" +
                experiment::suggest(arguments.kind, known));
  }
  check_name(arguments.name);
  check_unused(arguments.name);
  const fs::path folder = arguments.folder.empty() ? fs::path(arguments.name) : arguments.folder;
  if (fs::exists(folder) && !fs::is_empty(folder)) {
    throw StorageError(folder.string() +
                       " exists and is not empty; choose another folder with --dir");
  }
  fs::create_directories(folder);

  const auto named = [&](const std::string& text) {
    return replaced(replaced(text, kName, arguments.name), kClass, class_name(arguments.name));
  };
  for (const auto& entry : fs::directory_iterator(templates / arguments.kind)) {
    storage::write_atomically(folder / named(entry.path().filename()),
                              named(content_of(entry.path())));
  }

  const std::string where = quoted(folder);
  const std::string build = quoted(folder / "build");
  std::cout << "the " << arguments.kind << " is in " << where << "; build it, test it, train:\n\n"
            << "    cmake -S " << where << " -B " << build << cmake_option(templates)
            << " && cmake --build " << build << "\n"
            << "    ctest --test-dir " << build << "\n"
            << "    " << program() << " " << quoted(folder / (arguments.name + ".toml"))
            << " --profile smoke\n\n"
            << quoted(folder / "README.md") << " explains more\n";
  return 0;
}

}  // namespace host::commands
