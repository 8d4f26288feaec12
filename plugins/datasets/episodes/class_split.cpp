#include "class_split.h"

#include <sla/error.h>

#include <algorithm>
#include <optional>

#include <ATen/ops/tensor.h>

namespace episodes {

namespace {

using sla::Split;

constexpr std::array<Split, 3> kSplits{Split::train, Split::validation, Split::test};

size_t number(Split split) { return static_cast<size_t>(split); }

/// The split of each listed class.
using Homes = std::vector<std::optional<Split>>;

void settle(Homes& homes, int64_t c, Split split, const std::string& name) {
  auto& home = homes.at(static_cast<size_t>(c));
  if (home && *home != split) {
    throw sla::Error("class '" + name + "' is in the " + split_name(*home) + " split and in the " +
                     split_name(split) +
                     " split; few-shot splits must not share classes: list it in one of "
                     "validation_classes and test_classes");
  }
  home = split;
}

Homes homes_by_list(const std::vector<std::string>& names, const ClassLists& lists) {
  Homes homes(names.size());
  for (const auto& [split, listed] :
       {std::pair(Split::validation, &lists.validation), {Split::test, &lists.test}}) {
    for (const std::string& name : *listed) {
      const auto found = std::find(names.begin(), names.end(), name);
      if (found == names.end()) {
        std::string known;
        for (const auto& other : names) known += (known.empty() ? "" : ", ") + other;
        throw sla::Error("the source has no class '" + name + "' as listed for the " +
                         split_name(split) + " split; known: " + known);
      }
      settle(homes, found - names.begin(), split, name);
    }
  }
  for (auto& home : homes) home = home.value_or(Split::train);
  return homes;
}

Homes homes_by_source(const sla::Dataset& source) {
  const auto& names = source.class_names();
  Homes homes(names.size());
  for (const Split split : kSplits) {
    const at::Tensor labels = source.labels(split);
    const auto* label = labels.data_ptr<int64_t>();
    for (int64_t i = 0; i < labels.numel(); ++i) settle(homes, label[i], split, names.at(label[i]));
  }
  return homes;
}

}  // namespace

std::string split_name(Split split) {
  static constexpr std::array<const char*, 3> kNames{"training", "validation", "test"};
  return kNames.at(number(split));
}

ClassSplits split_by_class(const sla::Dataset& source, const ClassLists& lists) {
  const auto& names = source.class_names();
  const bool listed = !lists.validation.empty() || !lists.test.empty();
  const Homes homes = listed ? homes_by_list(names, lists) : homes_by_source(source);

  ClassSplits divided;
  std::vector<int64_t> new_number(names.size(), -1);
  for (const Split split : kSplits) {
    divided.first_class.at(number(split)) = std::ssize(divided.class_names);
    for (size_t c = 0; c < names.size(); ++c) {
      if (homes[c] != split) continue;
      new_number[c] = std::ssize(divided.class_names);
      divided.class_names.push_back(names[c]);
    }
    const auto classes =
        divided.class_names.size() - static_cast<size_t>(divided.first_class.at(number(split)));
    if (classes == 0 && split != Split::validation) {
      throw sla::Error(
          "the " + split_name(split) +
          " split has no class; name some in test_classes and leave some for training");
    }
    divided.splits.at(number(split)).positions.resize(classes);
  }
  divided.first_class.back() = std::ssize(divided.class_names);

  std::array<std::vector<int64_t>, 3> new_labels;
  for (const Split from : kSplits) {
    const at::Tensor labels = source.labels(from);
    const auto* label = labels.data_ptr<int64_t>();
    for (int64_t i = 0; i < labels.numel(); ++i) {
      const size_t home = number(*homes.at(label[i]));
      ClassSplit& split = divided.splits.at(home);
      const int64_t c = new_number.at(label[i]);
      split.positions.at(c - divided.first_class.at(home)).push_back(std::ssize(split.images));
      split.images.push_back({from, i});
      new_labels.at(home).push_back(c);
    }
  }
  for (size_t split = 0; split < new_labels.size(); ++split) {
    divided.splits.at(split).labels = at::tensor(new_labels.at(split), at::kLong);
  }
  return divided;
}

}  // namespace episodes
