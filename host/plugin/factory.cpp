#include "host/plugin/factory.h"

#include <functional>
#include <utility>

#include "host/errors.h"
#include "host/experiment/check.h"
#include "host/plugin/search_path.h"
#include "host/plugin/source_dataset.h"

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

/// The same object; whoever keeps it keeps what it may use, also in its destructor.
template <typename T, typename Used>
std::shared_ptr<T> keeping(std::shared_ptr<T> object, Used used) {
  T* address = object.get();
  return std::shared_ptr<T>(address, [object = std::move(object),
                                      used = std::move(used)](T*) mutable { object.reset(); });
}

std::vector<std::string> keys_of_the_host(const sla::detail::Component& description) {
  if (is_derived(description)) return {"plugin", "component", "source"};
  return {"plugin", "component"};
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
                        description->parameters, keys_of_the_host(*description));

  Component<T> created{library,
                       std::make_shared<Services>(description->name, seed_),
                       {library->name(), description->name, table.where.text()},
                       nullptr,
                       nullptr};
  using Make = std::function<std::shared_ptr<T>(const sla::Parameters&, Arguments..., sla::Host&)>;
  auto made = plugin::call(created.origin, "its constructor", [&] {
    return std::get<Make>(description->make)(parameters, std::forward<Arguments>(arguments)...,
                                             *created.services);
  });
  created.object = keeping(std::move(made), created.services);
  return created;
}

Component<sla::Dataset> Factory::dataset(const experiment::ComponentTable& table) const {
  const bool derived = at_table(table, [&] {
    const auto library = Library::load(find_plugin(table.plugin, folders_));
    return is_derived(library->component(Kind::dataset, table.component));
  });
  if (!derived) return create<sla::Dataset>(Kind::dataset, table);
  if (table.source.empty()) {
    throw ExperimentError(table.where.text() + ": dataset '" + table.plugin +
                          "' is made of another dataset; name that one in a table 'source', such "
                          "as [dataset.source] with plugin = \"cifar\"");
  }
  auto source = std::make_shared<const Component<sla::Dataset>>(dataset(table.source.front()));
  auto created = create<sla::Dataset, std::shared_ptr<const sla::Dataset>>(Kind::dataset, table,
                                                                           as_source(*source));
  created.source = std::move(source);
  return created;
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
                                             const sla::Task& task,
                                             const std::shared_ptr<sla::Model>& model) const {
  auto created =
      create<sla::Objective, const sla::Task&, sla::Model&>(Kind::objective, table, task, *model);
  created.object = keeping(std::move(created.object), model);
  return created;
}

}  // namespace host::plugin
