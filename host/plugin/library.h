#pragma once

#include <sla/detail/registration.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace host::plugin {

/// The five kinds of components.
enum class Kind { model, dataset, augmentation, transformation, objective };

/// "model", "dataset", ...
std::string kind_name(Kind kind);

/// A loaded plugin. Never unloaded once accepted: tensors, modules and autograd graphs hold
/// addresses of its code, and nothing can tell when the last of them is gone.
class Library {
 public:
  /// Loads a plugin, or returns it if already loaded. Throws PluginError for the reasons in
  /// plugin_file.h, and for undefined symbols, a throwing initialiser or duplicate component names.
  /// After a throwing initialiser this thread holds the dynamic linker's lock: end the program
  /// soon.
  static std::shared_ptr<const Library> load(const std::filesystem::path& file);

  const std::filesystem::path& file() const { return file_; }
  /// The plugin's name: the file name without directory and extension.
  std::string name() const { return file_.stem().string(); }
  const sla::detail::Handshake& handshake() const { return handshake_; }
  /// Of the file as it was loaded.
  const std::string& sha256() const { return sha256_; }
  const std::vector<sla::detail::Component>& components() const { return components_; }

  /// The component `name` of a kind; for an empty name the one with the plugin's name, or else the
  /// only one of the kind. Throws PluginError listing the existing ones.
  const sla::detail::Component& component(Kind kind, const std::string& name) const;

 private:
  Library() = default;

  std::filesystem::path file_;
  sla::detail::Handshake handshake_;
  std::string sha256_;
  std::vector<sla::detail::Component> components_;
};

/// The kind of a component.
Kind kind_of(const sla::detail::Component& component);

/// Whether the component is a derived dataset.
bool is_derived(const sla::detail::Component& component);

}  // namespace host::plugin
