#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "sla/error.h"
#include "sla/parameters.h"

namespace sla {

/// The value of a parameter that is declared as a list of doubles and means a range: its minimum
/// and its maximum. Throws sla::Error if it is not one. For constructors of components.
inline std::array<double, 2> range(const Parameters& parameters, std::string_view name) {
  const std::vector<double>& values = parameters.numbers(name);
  if (values.size() != 2 || values[0] > values[1]) {
    throw Error(std::string(name) + " must be a minimum and a maximum, such as [0.5, 1]; found " +
                to_toml(values));
  }
  return {values[0], values[1]};
}

}  // namespace sla
