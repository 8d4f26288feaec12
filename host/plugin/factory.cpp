#include "host/plugin/factory.h"

#include <functional>
#include <utility>

#include "host/errors.h"
#include "host/experiment/check.h"
#include "host/plugin/search_path.h"

namespace host::plugin {

namespace {

/// Adds the place in the experiment to what loading a plugin complains of.
template <typename Function>
auto at_table(const experiment::ComponentTable& table, Function&& function) {
  try {
    return function();
  } catch (const PluginError& error) {
    throw PluginError(table.where.text() + ": " + error.what());
  }
}

}  // namespace

template <typename T, typename... Arguments>
Component<T> Factory::create(Kind kind, const experiment::ComponentTable& table,
                             Arguments&&... arguments) const {
  auto library =
      at_table(table, [&] { return Library::load(find_plugin(table.plugin, folders_)); });
  const auto* description =
      at_table(table, [&] { return &library->component(kind, table.component); });
  const auto parameters =
      experiment::check(table.table, table.where, kind_name(kind) + " '" + description->name + "'",
                        description->parameters, {"plugin", "component"});

  Component<T> created{library,
                       std::make_shared<Services>(description->name, seed_),
                       {library->name(), description->name, table.where.text()},
                       nullptr};
  using Make = std::function<std::shared_ptr<T>(const sla::Parameters&, Arguments..., sla::Host&)>;
  created.object = plugin::call(created.origin, "its constructor", [&] {
    return std::get<Make>(description->make)(parameters, std::forward<Arguments>(arguments)...,
                                             *created.services);
  });
  return created;
}

Component<sla::Dataset> Factory::dataset(const experiment::ComponentTable& table) const {
  return create<sla::Dataset>(Kind::dataset, table);
}

Component<sla::Transformation> Factory::transformation(
    const experiment::ComponentTable& table) const {
  return create<sla::Transformation>(Kind::transformation, table);
}

Component<sla::Model> Factory::model(const experiment::ComponentTable& table,
                                     const sla::ImageShape& shape) const {
  return create<sla::Model, const sla::ImageShape&>(Kind::model, table, shape);
}

Component<sla::Objective> Factory::objective(const experiment::ComponentTable& table,
                                             const sla::Task& task, sla::Model& model) const {
  return create<sla::Objective, const sla::Task&, sla::Model&>(Kind::objective, table, task, model);
}

}  // namespace host::plugin
