#pragma once

#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "sla/detail/handshake.h"
#include "sla/host.h"
#include "sla/parameters.h"

namespace sla {

class Augmentation;
class Dataset;
class Model;
class Objective;
class Transformation;
struct ImageShape;
struct Task;

namespace detail {

using MakeModel =
    std::function<std::shared_ptr<Model>(const Parameters&, const ImageShape&, Host&)>;
using MakeDataset = std::function<std::shared_ptr<Dataset>(const Parameters&, Host&)>;
using MakeDerivedDataset = std::function<std::shared_ptr<Dataset>(
    const Parameters&, std::shared_ptr<const Dataset>, Host&)>;
using MakeAugmentation = std::function<std::shared_ptr<Augmentation>(const Parameters&, Host&)>;
using MakeTransformation = std::function<std::shared_ptr<Transformation>(const Parameters&, Host&)>;
using MakeObjective =
    std::function<std::shared_ptr<Objective>(const Parameters&, const Task&, Model&, Host&)>;

/// One component as the host sees it. The alternative in `make` is its kind; datasets have two, the
/// second one for derived datasets.
struct Component {
  std::string name;
  std::string summary;
  std::vector<Parameter> parameters;
  std::variant<MakeModel, MakeDataset, MakeTransformation, MakeObjective, MakeDerivedDataset,
               MakeAugmentation>
      make;
};

/// The object that a plugin's only exported symbol refers to.
struct PluginEntry {
  Handshake handshake;
  std::vector<Component> (*components)();
};

template <typename Kind, typename T, typename... Arguments>
std::function<std::shared_ptr<Kind>(Arguments...)> maker() {
  return [](Arguments... arguments) -> std::shared_ptr<Kind> {
    return std::make_shared<T>(std::forward<Arguments>(arguments)...);
  };
}

template <typename T>
std::vector<Parameter> parameters_of() {
  if constexpr (requires { T::parameters(); }) {
    return T::parameters();
  } else {
    return {};
  }
}

}  // namespace detail
}  // namespace sla
