#include "host/plugin/library.h"

#include <dlfcn.h>
#include <sla/digest.h>

#include <array>
#include <cfenv>
#include <map>
#include <set>
#include <utility>

#include <boost/dll/shared_library.hpp>

#include "host/base/errors.h"
#include "host/experiment/suggest.h"
#include "host/plugin/call.h"
#include "host/plugin/elf_file.h"
#include "host/plugin/linkage.h"
#include "host/plugin/plugin_file.h"
#include "host/plugin/private_copy.h"

namespace host::plugin {

namespace {

/// dlopen() as a function that may throw: a plugin's initialisers run inside it, but glibc declares
/// it noexcept, so that an exception would terminate the program.
void* (*volatile open_library)(const char* file, int mode) = &dlopen;

/// Restores the thread's floating-point environment.
class KeptArithmetic {
 public:
  KeptArithmetic() { std::fegetenv(&kept_); }
  ~KeptArithmetic() { std::fesetenv(&kept_); }
  KeptArithmetic(const KeptArithmetic&) = delete;
  KeptArithmetic& operator=(const KeptArithmetic&) = delete;

 private:
  std::fenv_t kept_{};
};

/// Loads a library and keeps it in memory until the program ends.
void open_for_good(const std::filesystem::path& file) {
  // A library built with -ffast-math switches the thread's arithmetic, for the host and all
  // plugins.
  const KeptArithmetic arithmetic;
  if (open_library(file.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE) != nullptr) return;
  const char* complaint = dlerror();
  refuse(file, explain(complaint != nullptr ? complaint : "cannot be loaded"));
}

void check_names(const std::vector<sla::detail::Component>& components,
                 const std::filesystem::path& file) {
  if (components.empty()) refuse(file, "registers no component; list them in SLA_PLUGIN(...)");
  std::set<std::pair<Kind, std::string>> seen;
  for (const auto& component : components) {
    if (!seen.emplace(kind_of(component), component.name).second) {
      refuse(file, "registers two " + kind_name(kind_of(component)) + "s named '" + component.name +
                       "'; rename one");
    }
  }
}

}  // namespace

std::string kind_name(Kind kind) {
  static constexpr std::array<const char*, 5> kNames{"model", "dataset", "augmentation",
                                                     "transformation", "objective"};
  return kNames.at(static_cast<size_t>(kind));
}

Kind kind_of(const sla::detail::Component& component) {
  // In the order of sla::detail::Component::make.
  static constexpr std::array<Kind, 6> kKinds{Kind::model,     Kind::dataset, Kind::transformation,
                                              Kind::objective, Kind::dataset, Kind::augmentation};
  return kKinds.at(component.make.index());
}

bool is_derived(const sla::detail::Component& component) {
  return std::holds_alternative<sla::detail::MakeDerivedDataset>(component.make);
}

std::shared_ptr<const Library> Library::load(const std::filesystem::path& file) {
  static std::map<std::filesystem::path, std::shared_ptr<const Library>> loaded;
  std::error_code missing;
  const auto path = std::filesystem::canonical(file, missing);
  if (missing) refuse(file, missing.message());
  if (const auto found = loaded.find(path); found != loaded.end()) return found->second;

  const std::shared_ptr<Library> library(new Library);
  library->file_ = path;
  library->handshake_ = read_handshake(path);
  check_handshake(library->handshake_, path);

  const Origin origin{.plugin = path.string(), .component = "", .location = ""};
  library->sha256_ = sla::file_digest(sla::Digest::sha256, path);
  call(origin, "initialisation", [&] { open_for_good(path); });
  detach_from_files(path.parent_path());
  const boost::dll::shared_library handle(path.string());
  const auto& entry = handle.get<const sla::detail::PluginEntry>("sla_plugin");
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
