#include "host/plugin/factory.h"

#include <functional>
#include <utility>

#include "host/base/errors.h"
#include "host/experiment/check.h"
#include "host/plugin/search_path.h"

namespace host::plugin {

namespace {

/// Adds the location in the experiment to errors of loading a plugin.
template <typename Function>
auto at_table(const experiment::ComponentTable& table, Function&& function) {
  try {
    return function();
  } catch (const PluginError& error) {
    throw PluginError(table.where.text() + ": " + error.what());
  }
}

/// The same object, sharing ownership of what it may use, even in its destructor.
template <typename T, typename Used>
std::shared_ptr<T> keeping(std::shared_ptr<T> object, Used used) {
  T* address = object.get();
  return std::shared_ptr<T>(address, [object = std::move(object),
                                      used = std::move(used)](T*) mutable { object.reset(); });
}

std::shared_ptr<const Library> load_library(const experiment::ComponentTable& table,
                                            const std::vector<std::filesystem::path>& folders) {
  return at_table(table, [&] { return Library::load(find_plugin(table.plugin, folders)); });
}

}  // namespace

const sla::detail::Component& described(const experiment::ComponentTable& table, Kind kind,
                                        const std::vector<std::filesystem::path>& folders) {
  const auto library = load_library(table, folders);
  return *at_table(table, [&] { return &library->component(kind, table.component); });
}

std::vector<std::string> keys_of_the_host(const sla::detail::Component& description) {
  if (is_derived(description)) return {"plugin", "component", "source"};
  if (kind_of(description) == Kind::model) return {"plugin", "component", "weights"};
  return {"plugin", "component"};
}

template <typename T, typename... Arguments>
Made<T> Factory::create(Kind kind, const experiment::ComponentTable& table,
                        Arguments&&... arguments) const {
  auto library = load_library(table, folders_);
  const auto* description = &described(table, kind, folders_);
  const auto parameters =
      experiment::check(table.table, table.where, kind_name(kind) + " '" + description->name + "'",
                        description->parameters, keys_of_the_host(*description));

  Made<T> created{library,
                  std::make_shared<Services>(description->name, surroundings_),
                  {library->name(), description->name, table.where.text()},
                  nullptr};
  using Make = std::function<std::shared_ptr<T>(const sla::Parameters&, Arguments..., sla::Host&)>;
  auto object = plugin::call(created.origin, "its constructor", [&] {
    return std::get<Make>(description->make)(parameters, std::forward<Arguments>(arguments)...,
                                             *created.services);
  });
  created.object = keeping(std::move(object), created.services);
  return created;
}

Dataset Factory::dataset(const experiment::ComponentTable& table) const {
  const bool derived = is_derived(described(table, Kind::dataset, folders_));
  if (!derived) return Dataset(create<sla::Dataset>(Kind::dataset, table));
  if (table.source.empty()) {
    throw ExperimentError(table.where.text() + ": dataset '" + table.plugin +
                          "' is made of another dataset; name that one in a table 'source', such "
                          "as [dataset.source] with plugin = \"cifar\"");
  }
  const auto source = std::make_shared<const Dataset>(dataset(table.source.front()));
  return Dataset(create<sla::Dataset, std::shared_ptr<const sla::Dataset>>(Kind::dataset, table,
                                                                           as_source(source)),
                 source);
}

Augmentation Factory::augmentation(const experiment::ComponentTable& table,
                                   const sla::ImageShape& shape, int64_t classes) const {
  return Augmentation(create<sla::Augmentation>(Kind::augmentation, table), shape, classes);
}

Transformation Factory::transformation(const experiment::ComponentTable& table) const {
  return Transformation(create<sla::Transformation>(Kind::transformation, table));
}

Model Factory::model(const experiment::ComponentTable& table, const sla::ImageShape& shape) const {
  return Model(create<sla::Model, const sla::ImageShape&>(Kind::model, table, shape));
}

Objective Factory::objective(const experiment::ComponentTable& table, const sla::Task& task,
                             const Model& model) const {
  auto made = create<sla::Objective, const sla::Task&, sla::Model&>(Kind::objective, table, task,
                                                                    *model.object());
  made.object = keeping(std::move(made.object), model.object());
  return Objective(std::move(made), task);
}

}  // namespace host::plugin
