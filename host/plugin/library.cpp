#include "host/plugin/library.h"

#include <dlfcn.h>

#include <array>
#include <map>
#include <regex>
#include <set>
#include <utility>

#include <boost/core/demangle.hpp>
#include <boost/dll/shared_library.hpp>

#include "host/errors.h"
#include "host/experiment/suggest.h"
#include "host/plugin/call.h"
#include "host/plugin/plugin_file.h"

namespace host::plugin {

namespace {

namespace dll = boost::dll;

/// The library that should define a symbol, judged by its namespace.
std::string home_of(const std::string& symbol) {
  for (const char* space : {"at::", "c10::", "torch::", "caffe2::"}) {
    if (symbol.find(space) != std::string::npos) {
      return "LibTorch should define it: is it the same LibTorch as the host's?";
    }
  }
  if (symbol.find("sla::") != std::string::npos) {
    return "the SDK should define it: link the plugin through sla_add_plugin()";
  }
  return "add the library that defines it to LINK of sla_add_plugin()";
}

/// The dynamic linker's complaint, with symbols demangled and a hint.
std::string explain(const std::string& complaint) {
  static const std::regex kUndefined("undefined symbol: ([A-Za-z0-9_$.@]+)");
  std::smatch match;
  if (!std::regex_search(complaint, match, kUndefined)) return complaint;
  const std::string symbol = boost::core::demangle(match[1].str().c_str());
  return "undefined symbol " + symbol + "; " + home_of(symbol);
}

/// Keeps the library in memory until the program ends.
void pin(const std::filesystem::path& file) {
  dlopen(file.c_str(), RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE);
}

void check_names(const std::vector<sla::detail::Component>& components,
                 const std::filesystem::path& file) {
  if (components.empty()) {
    throw PluginError("plugin " + file.string() +
                      ": registers no component; list them in SLA_PLUGIN(...)");
  }
  std::set<std::pair<Kind, std::string>> seen;
  for (const auto& component : components) {
    if (!seen.emplace(kind_of(component), component.name).second) {
      throw PluginError("plugin " + file.string() + ": registers two " +
                        kind_name(kind_of(component)) + "s named '" + component.name +
                        "'; rename one");
    }
  }
}

}  // namespace

std::string kind_name(Kind kind) {
  static constexpr std::array<const char*, 4> kNames{"model", "dataset", "transformation",
                                                     "objective"};
  return kNames.at(static_cast<size_t>(kind));
}

Kind kind_of(const sla::detail::Component& component) {
  // In the order of sla::detail::Component::make.
  static constexpr std::array<Kind, 5> kKinds{Kind::model, Kind::dataset, Kind::transformation,
                                              Kind::objective, Kind::dataset};
  return kKinds.at(component.make.index());
}

bool is_derived(const sla::detail::Component& component) {
  return std::holds_alternative<sla::detail::MakeDerivedDataset>(component.make);
}

std::shared_ptr<const Library> Library::load(const std::filesystem::path& file) {
  static std::map<std::filesystem::path, std::shared_ptr<const Library>> loaded;
  std::error_code missing;
  const auto path = std::filesystem::canonical(file, missing);
  if (missing) throw PluginError("plugin " + file.string() + ": " + missing.message());
  if (const auto found = loaded.find(path); found != loaded.end()) return found->second;

  const std::shared_ptr<Library> library(new Library);
  library->file_ = path;
  library->handshake_ = read_handshake(path);
  check_handshake(library->handshake_, path);

  const Origin origin{.plugin = path.string(), .component = "", .location = ""};
  dll::shared_library handle;
  call(origin, "initialisation", [&] {
    dll::fs::error_code error;
    handle.load(path.string(), error, dll::load_mode::rtld_now | dll::load_mode::rtld_local);
    if (!handle.is_loaded()) {
      const char* complaint = dlerror();
      throw PluginError("plugin " + path.string() + ": " +
                        explain(complaint != nullptr ? complaint : error.message()));
    }
  });
  const auto& entry = handle.get<const sla::detail::PluginEntry>("sla_plugin");
  // From here on objects whose code is the plugin's exist: descriptions, exceptions, components.
  pin(path);
  call(origin, "SLA_PLUGIN", [&] { library->components_ = entry.components(); });
  check_names(library->components_, path);
  loaded.emplace(path, library);
  return library;
}

const sla::detail::Component& Library::component(Kind kind, const std::string& asked) const {
  std::vector<std::string> known;
  std::vector<const sla::detail::Component*> of_kind;
  for (const auto& component : components_) {
    if (kind_of(component) != kind) continue;
    if (component.name == (asked.empty() ? name() : asked)) return component;
    known.push_back(component.name);
    of_kind.push_back(&component);
  }
  if (asked.empty() && of_kind.size() == 1) return *of_kind.front();
  const std::string plugin = "plugin '" + name() + "' (" + file_.string() + ") ";
  if (known.empty()) throw PluginError(plugin + "has no " + kind_name(kind));
  if (asked.empty()) {
    throw PluginError(plugin + "has several " + kind_name(kind) +
                      "s; choose one with component = \"...\"" + experiment::suggest("", known));
  }
  throw PluginError(plugin + "has no " + kind_name(kind) + " '" + asked + "'" +
                    experiment::suggest(asked, known));
}

}  // namespace host::plugin
