#include "host/sweep/plan.h"

#include <sla/digest.h>
#include <sla/parameters.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <map>
#include <set>
#include <span>

#include "host/base/errors.h"
#include "host/experiment/check.h"
#include "host/experiment/document.h"
#include "host/experiment/flat.h"

namespace host::sweep {

namespace {

namespace fs = std::filesystem;
using experiment::Table;
using experiment::Value;

/// An experiment key and one value for it.
struct Choice {
  std::string key;
  std::string value;
};
using Choices = std::vector<Choice>;

std::vector<sla::Parameter> schema() {
  using Texts = std::vector<std::string>;
  return {{.name = "experiments",
           .default_value = Texts{},
           .help = "experiment files, relative to this file",
           .required = true},
          {.name = "profiles",
           .default_value = Texts{""},
           .help = "profiles to run each with, such as \"cifar100,sla\"; \"\": none"},
          {.name = "seeds",
           .default_value = std::vector<int64_t>{0},
           .help = "seeds to run each combination with",
           .minimum = 0}};
}

const Table& table_in(const Table& root, const std::string& key) {
  static const Table none;
  const auto found = root.find(key);
  if (found == root.end()) return none;
  if (const Table* table = found->second.table()) return *table;
  throw ExperimentError(found->second.where.text() + ": '" + key + "' must be a table, such as [" +
                        key + "]");
}

std::string toml_of(const Value& value) {
  return experiment::flatten({{"value", value}}, {}).at("value");
}

/// The lists of [grid], by key.
using Axes = std::vector<std::pair<std::string, std::vector<std::string>>>;

void add_axes(const Table& table, const std::string& prefix, Axes& axes) {
  for (const auto& [key, value] : table) {
    if (const Table* inner = value.table()) {
      add_axes(*inner, fmt::format("{}{}.", prefix, key), axes);
      continue;
    }
    const auto* list = value.array();
    if (list == nullptr || list->empty()) {
      throw ExperimentError(value.where.text() + ": '" + prefix + key +
                            "' of [grid] must be a non-empty list of values to try");
    }
    std::vector<std::string> values;
    for (const Value& element : *list) {
      if (element.table() != nullptr) {
        throw ExperimentError(fmt::format(
            "{}: '{}{}' of [grid] lists tables; list the values of single keys, such as {}{}.KEY = "
            "[...]",
            element.where.text(), prefix, key, prefix, key));
      }
      values.push_back(toml_of(element));
    }
    axes.emplace_back(prefix + key, std::move(values));
  }
}

/// Every combination, the first axis slowest.
std::vector<Choices> combinations(const Axes& axes) {
  std::vector<Choices> all{{}};
  for (const auto& [key, values] : axes) {
    std::vector<Choices> longer;
    for (const Choices& choices : all) {
      for (const std::string& value : values) {
        longer.push_back(choices);
        longer.back().push_back({key, value});
      }
    }
    all = std::move(longer);
  }
  return all;
}

/// Makes text usable as a part of a file name.
std::string plain(std::string text) {
  std::erase(text, '"');
  std::replace_if(
      text.begin(), text.end(),
      [](char c) { return std::string_view("/\\ \t[]{}'").find(c) != std::string_view::npos; },
      '_');
  // File names have a maximum length.
  constexpr size_t kLongest = 40;
  constexpr size_t kDigits = 8;
  if (text.size() <= kLongest) return text;
  const std::string digest =
      sla::digest(sla::Digest::sha256, std::as_bytes(std::span(text.data(), text.size())));
  return text.substr(0, kLongest - kDigits) + digest.substr(0, kDigits);
}

std::string family_of(const Cell& cell) {
  std::string name = cell.experiment.stem().string();
  if (!cell.overrides.profiles.empty()) name += "-" + cell.overrides.profiles;
  std::replace(name.begin(), name.end(), ',', '-');
  return name;
}

std::string name_of(const Cell& cell, const Choices& choices, int64_t seed) {
  std::string name = cell.family;
  for (const auto& [key, value] : choices) {
    name += fmt::format("-{}={}", key.substr(key.rfind('.') + 1), plain(value));
  }
  return name + "-seed" + std::to_string(seed);
}

/// The overrides of an experiment in one run. `always` apply before the choices.
experiment::Overrides overrides_of(const std::string& profiles,
                                   const std::vector<std::string>& always, const Choices& choices,
                                   int64_t seed) {
  experiment::Overrides overrides{.profiles = profiles, .settings = always};
  for (const auto& [key, value] : choices) {
    overrides.settings.push_back(fmt::format("{}={}", key, value));
  }
  overrides.settings.push_back("seed=" + std::to_string(seed));
  return overrides;
}

/// The axis that would replace a setting: of the same key, or of one above or below it.
const std::string* axis_over(const std::string& key, const Axes& axes) {
  for (const auto& [axis, values] : axes) {
    if (axis == key || axis.starts_with(key + ".") || key.starts_with(axis + ".")) return &axis;
  }
  return nullptr;
}

/// Refuses settings of the command line that a run's own choices would replace.
void require_free(const std::vector<std::string>& settings, const fs::path& file,
                  const Axes& axes) {
  for (const std::string& setting : settings) {
    for (const auto& [key, value] : experiment::flatten(experiment::parse_setting(setting), {})) {
      if (key == "seed") {
        throw ExperimentError("--set " + setting + ": " + file.string() +
                              " lists the seeds in its key 'seeds'; change them there");
      }
      if (const auto* axis = axis_over(key, axes)) {
        throw ExperimentError("--set " + setting + ": " + file.string() + " tries values of '" +
                              *axis + "' in [grid]; change them there");
      }
    }
  }
}

}  // namespace

Plan::Plan(const fs::path& file, const fs::path& out, const std::vector<std::string>& settings)
    : name_(file.stem().string()),
      out_(out.empty() ? fs::path("runs") / name_ : out),
      settings_(settings) {
  const Table root = experiment::read_single_file(file);
  const auto parameters =
      experiment::check(root, {file.string(), 0, 0}, "the sweep", schema(), {"set", "grid"});
  const Table& set = table_in(root, "set");
  const Table& lists = table_in(root, "grid");
  for (const Table* table : {&set, &lists}) {
    if (const auto seed = table->find("seed"); seed != table->end()) {
      throw ExperimentError(seed->second.where.text() +
                            ": a sweep's seeds are listed in its key 'seeds': seeds = [0, 1, 2]");
    }
  }
  Axes axes;
  add_axes(lists, "", axes);
  require_free(settings, file, axes);
  std::vector<std::string> always;
  for (const auto& [key, value] : experiment::flatten(set, {})) {
    if (const auto* axis = axis_over(key, axes)) {
      throw ExperimentError(
          fmt::format("{}: [set] gives '{}', of which [grid] tries values ('{}'); "
                      "remove one of them",
                      file.string(), key, *axis));
    }
    always.push_back(fmt::format("{}={}", key, value));
  }
  always.insert(always.end(), settings.begin(), settings.end());
  const auto grid = combinations(axes);
  has_grid_ = grid.size() > 1;
  for (const std::string& listed : parameters.texts("experiments")) {
    const fs::path experiment = (file.parent_path() / listed).lexically_normal();
    for (const std::string& profiles : parameters.texts("profiles")) {
      for (const Choices& choices : grid) {
        for (const int64_t seed : parameters.integers("seeds")) {
          Cell cell{"", experiment, overrides_of(profiles, always, choices, seed), {}, {}};
          cell.family = family_of(cell);
          cell.name = name_of(cell, choices, seed);
          cell.directory = out_ / cell.name;
          cells_.push_back(std::move(cell));
        }
      }
    }
  }
  std::set<std::string> names;
  for (const Cell& cell : cells_) {
    if (names.insert(cell.name).second) continue;
    throw ExperimentError(file.string() + ": two runs are named " + cell.name +
                          "; list every experiment, profile combination, value and seed once, "
                          "and give experiments different names");
  }
  if (cells_.empty()) throw ExperimentError(file.string() + ": the sweep has no runs");
}

}  // namespace host::sweep
