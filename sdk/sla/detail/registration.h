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

class Model;
class Dataset;
class Transformation;
class Objective;
struct ImageShape;
struct Task;

namespace detail {

using MakeModel =
    std::function<std::shared_ptr<Model>(const Parameters&, const ImageShape&, Host&)>;
using MakeDataset = std::function<std::shared_ptr<Dataset>(const Parameters&, Host&)>;
using MakeDerivedDataset = std::function<std::shared_ptr<Dataset>(
    const Parameters&, std::shared_ptr<const Dataset>, Host&)>;
using MakeTransformation = std::function<std::shared_ptr<Transformation>(const Parameters&, Host&)>;
using MakeObjective =
    std::function<std::shared_ptr<Objective>(const Parameters&, const Task&, Model&, Host&)>;

/// One component as the host sees it. The kind is the alternative that `make` holds; a dataset has
/// two, the second where it is made of another dataset.
struct Component {
  std::string name;
  std::string summary;
  std::vector<Parameter> parameters;
  std::variant<MakeModel, MakeDataset, MakeTransformation, MakeObjective, MakeDerivedDataset> make;
};

/// The object behind a plugin's one exported symbol.
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
