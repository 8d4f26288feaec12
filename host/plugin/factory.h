#pragma once

#include <sla/dataset.h>
#include <sla/model.h>
#include <sla/objective.h>
#include <sla/transformation.h>

#include <filesystem>
#include <memory>
#include <vector>

#include "host/experiment/experiment.h"
#include "host/plugin/call.h"
#include "host/plugin/library.h"
#include "host/plugin/services.h"

namespace host::plugin {

/// A component that an experiment names: its object, and what an error in it is reported with. The
/// object keeps alive what it may use, in whichever order all this is destroyed.
template <typename T>
struct Component {
  std::shared_ptr<const Library> library;
  std::shared_ptr<Services> services;
  Origin origin;
  std::shared_ptr<T> object;
  /// The dataset that a derived dataset is made of; else null.
  std::shared_ptr<const Component<sla::Dataset>> source = nullptr;

  /// Calls the plugin: `component.call("loss", [&](T& object) { return object.loss(...); })`.
  template <typename Function>
  decltype(auto) call(std::string_view name, Function&& function) const {
    return plugin::call(origin, name, [&]() -> decltype(auto) { return function(*object); });
  }
};

/// Creates the components that an experiment names: finds and loads the plugin, checks the
/// parameters against what it declares, constructs the object.
class Factory {
 public:
  Factory(std::vector<std::filesystem::path> folders, int64_t seed)
      : folders_(std::move(folders)), seed_(seed) {}

  Component<sla::Dataset> dataset(const experiment::ComponentTable& table) const;
  Component<sla::Transformation> transformation(const experiment::ComponentTable& table) const;
  Component<sla::Model> model(const experiment::ComponentTable& table,
                              const sla::ImageShape& shape) const;
  Component<sla::Objective> objective(const experiment::ComponentTable& table,
                                      const sla::Task& task,
                                      const std::shared_ptr<sla::Model>& model) const;

 private:
  template <typename T, typename... Arguments>
  Component<T> create(Kind kind, const experiment::ComponentTable& table,
                      Arguments&&... arguments) const;

  std::vector<std::filesystem::path> folders_;
  int64_t seed_;
};

}  // namespace host::plugin
