#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "host/experiment/experiment.h"
#include "host/plugin/augmentation.h"
#include "host/plugin/dataset.h"
#include "host/plugin/model.h"
#include "host/plugin/objective.h"
#include "host/plugin/services.h"
#include "host/plugin/transformation.h"

namespace host::plugin {

/// The plugin's description of the component that a table names; the plugin stays loaded. Throws
/// PluginError.
const sla::detail::Component& described(const experiment::ComponentTable& table, Kind kind,
                                        const std::vector<std::filesystem::path>& folders);

/// The keys of a component's table that are not its parameters.
std::vector<std::string> keys_of_the_host(const sla::detail::Component& description);

/// Creates the components that an experiment names: finds and loads the plugin, checks the
/// parameters against its declarations, constructs the object.
class Factory {
 public:
  Factory(std::vector<std::filesystem::path> folders, Surroundings surroundings)
      : folders_(std::move(folders)), surroundings_(std::move(surroundings)) {}

  Dataset dataset(const experiment::ComponentTable& table) const;
  /// For images of this shape and `classes` classes.
  Augmentation augmentation(const experiment::ComponentTable& table, const sla::ImageShape& shape,
                            int64_t classes) const;
  Transformation transformation(const experiment::ComponentTable& table) const;
  Model model(const experiment::ComponentTable& table, const sla::ImageShape& shape) const;
  Objective objective(const experiment::ComponentTable& table, const sla::Task& task,
                      const Model& model) const;

 private:
  template <typename T, typename... Arguments>
  Made<T> create(Kind kind, const experiment::ComponentTable& table,
                 Arguments&&... arguments) const;

  std::vector<std::filesystem::path> folders_;
  Surroundings surroundings_;
};

}  // namespace host::plugin
