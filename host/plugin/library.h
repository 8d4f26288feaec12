#pragma once

#include <sla/detail/registration.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace host::plugin {

/// The four kinds of component.
enum class Kind { model, dataset, transformation, objective };

/// "model", "dataset", ...
std::string kind_name(Kind kind);

/// One loaded plugin. Never unloaded once accepted: tensors, modules and autograd graphs carry
/// addresses of its code, and nothing can tell when the last of them is gone.
class Library {
 public:
  /// Loads a plugin, or returns it if it is loaded already. Throws PluginError with the reason: see
  /// plugin_file.h, and undefined symbols, a throwing initialiser, two components of one name.
  /// After a throwing initialiser the dynamic linker belongs to this thread alone: end the program
  /// soon.
  static std::shared_ptr<const Library> load(const std::filesystem::path& file);

  const std::filesystem::path& file() const { return file_; }
  /// The plugin's name: its file's, without directory and extension.
  std::string name() const { return file_.stem().string(); }
  const sla::detail::Handshake& handshake() const { return handshake_; }
  const std::vector<sla::detail::Component>& components() const { return components_; }

  /// The component `name` of a kind; for an empty name the one called as the plugin, or else the
  /// only one of the kind. Throws PluginError listing those there are.
  const sla::detail::Component& component(Kind kind, const std::string& name) const;

 private:
  Library() = default;

  std::filesystem::path file_;
  sla::detail::Handshake handshake_;
  std::vector<sla::detail::Component> components_;
};

/// The kind of a component.
Kind kind_of(const sla::detail::Component& component);

/// Whether it is a dataset made of another dataset.
bool is_derived(const sla::detail::Component& component);

}  // namespace host::plugin
