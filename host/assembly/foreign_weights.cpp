#include "host/assembly/foreign_weights.h"

#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <vector>

#include "host/storage/safetensors.h"

namespace host::assembly {

namespace {

using Tensors = std::map<std::string, at::Tensor>;

constexpr std::array<std::string_view, 2> kWrappers{"_orig_mod.", "module."};

/// A name without the components that wrappers add.
std::string unwrapped(const std::string& name) {
  std::string plain;
  for (size_t begin = 0; begin < name.size();) {
    const size_t end = std::min(name.find('.', begin), name.size() - 1) + 1;
    const std::string_view component(name.data() + begin, end - begin);
    if (std::find(kWrappers.begin(), kWrappers.end(), component) == kWrappers.end()) {
      plain += component;
    }
    begin = end;
  }
  return plain;
}

/// What stands before one of the names in `found`, for each place where it occurs.
std::set<std::string> places_of(const Tensors& own, const Tensors& found) {
  std::set<std::string> places;
  for (const auto& [name, tensor] : found) {
    for (const auto& [ending, wanted] : own) {
      if (!name.ends_with(ending)) continue;
      std::string before = name.substr(0, name.size() - ending.size());
      if (before.empty() || before.ends_with('.')) places.insert(std::move(before));
    }
  }
  return places;
}

}  // namespace

Tensors named_like(const Tensors& own, const Tensors& found, const std::string& source) {
  Tensors plain;
  for (const auto& [name, tensor] : found) plain.emplace(unwrapped(name), tensor);

  std::vector<std::string> complete;
  std::string best;
  std::ptrdiff_t most = -1;
  for (const std::string& place : places_of(own, plain)) {
    const auto names = std::count_if(own.begin(), own.end(), [&](const auto& entry) {
      return plain.contains(place + entry.first);
    });
    if (names == std::ssize(own)) complete.push_back(place);
    if (names > most || (names == most && place.size() < best.size())) {
      best = place;
      most = names;
    }
  }
  if (complete.size() > 1) {
    spdlog::warn("{} holds the network's weights {} times, below '{}'; taking those below '{}'",
                 source, complete.size(), fmt::join(complete, "', '"), best);
  }
  return best.empty() ? plain : storage::tensors_below(best, plain);
}

}  // namespace host::assembly
