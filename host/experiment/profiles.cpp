#include "host/experiment/profiles.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "host/base/errors.h"
#include "host/experiment/suggest.h"

namespace host::experiment {

namespace {

constexpr std::string_view kProfile = "profile";
constexpr std::string_view kChoosesDataset = "chooses_dataset";

/// The part of a profile that is merged into the experiment: all but its own keys.
Table body_of(const Table& profile) {
  Table body = profile;
  for (const std::string_view key : {kProfile, kChoosesDataset}) {
    if (const auto found = body.find(key); found != body.end()) body.erase(found);
  }
  return body;
}

bool chooses_dataset(const Table& profile) {
  const auto found = profile.find(kChoosesDataset);
  return found != profile.end() && std::get<bool>(found->second.held);
}

/// A [profile] table must hold only tables, at every level.
void check_form(const Value& profiles) {
  const auto refuse = [](const Value& value) {
    throw ExperimentError(value.where.text() +
                          ": 'profile' must hold tables, such as [profile.smoke], not " +
                          std::string(value.type_name()));
  };
  if (profiles.table() == nullptr) refuse(profiles);
  for (const auto& [name, profile] : *profiles.table()) {
    if (profile.table() == nullptr) refuse(profile);
    if (const auto flag = profile.table()->find(kChoosesDataset);
        flag != profile.table()->end() && !std::holds_alternative<bool>(flag->second.held)) {
      throw ExperimentError(flag->second.where.text() +
                            ": 'chooses_dataset' of a profile must be boolean, not " +
                            std::string(flag->second.type_name()));
    }
    if (const auto inner = profile.table()->find(kProfile); inner != profile.table()->end()) {
      check_form(inner->second);
    }
  }
}

/// Merges into `root` what a profile sets in combination with other chosen profiles.
void lay_nested(Table& root, const Table& profile, const std::vector<std::string>& names) {
  const Table* nested = table_at(profile, kProfile);
  if (nested == nullptr) return;
  for (const std::string& name : names) {
    if (const Table* other = table_at(*nested, name)) {
      merge(root, body_of(*other));
      lay_nested(root, *other, names);
    }
  }
}

/// A profile may refer only to existing profiles.
void check_nested(const Table& profiles, const std::vector<std::string>& known) {
  for (const auto& [name, profile] : profiles) {
    const Table* nested = table_at(*profile.table(), kProfile);
    if (nested == nullptr) continue;
    for (const auto& [other, value] : *nested) {
      if (std::count(known.begin(), known.end(), other) > 0) continue;
      throw ExperimentError(value.where.text() + ": profile '" + name +
                            "' refers to an unknown profile '" + other + "'" +
                            suggest(other, known));
    }
    check_nested(*nested, known);
  }
}

Table dataset_of(const Table& root) {
  const Table* dataset = table_at(root, "dataset");
  return dataset == nullptr ? Table{} : *dataset;
}

}  // namespace

void Profiles::take_from(Table& file) {
  const auto found = file.find(kProfile);
  if (found == file.end()) return;
  check_form(found->second);
  tables_.push_back(*found->second.table());
  file.erase(found);
}

std::vector<std::string> Profiles::parse(const std::string& chosen, const std::string& file) const {
  if (chosen.empty()) return {};
  const auto known = names();
  const std::string of = " in --profile " + chosen;
  std::vector<std::string> parsed;
  for (size_t begin = 0; begin <= chosen.size();) {
    const size_t end = std::min(chosen.find(',', begin), chosen.size());
    const std::string name = chosen.substr(begin, end - begin);
    begin = end + 1;
    if (name.empty()) {
      throw ExperimentError(file + ": empty profile name" + of + "; remove the extra comma. " +
                            list_known(known));
    }
    if (std::count(parsed.begin(), parsed.end(), name) > 0) {
      throw ExperimentError(file + ": profile '" + name + "' appears twice" + of +
                            "; list each once. " + list_known(known));
    }
    if (std::count(known.begin(), known.end(), name) == 0) {
      throw ExperimentError(file + ": no profile '" + name + "'" + of + suggest(name, known));
    }
    parsed.push_back(name);
  }
  return parsed;
}

Table Profiles::lay_over(Table& root, const std::vector<std::string>& names) const {
  const auto known = this->names();
  for (const Table& profiles : tables_) check_nested(profiles, known);
  Table meant = dataset_of(root);
  for (const std::string& name : names) {
    for (const Table& profiles : tables_) {
      const Table* profile = table_at(profiles, name);
      if (profile == nullptr) continue;
      merge(root, body_of(*profile));
      if (chooses_dataset(*profile)) meant = dataset_of(root);
    }
  }
  for (const std::string& name : names) {
    for (const Table& profiles : tables_) {
      if (const Table* profile = table_at(profiles, name)) lay_nested(root, *profile, names);
    }
  }
  return meant;
}

std::vector<std::string> Profiles::names() const {
  std::vector<std::string> all;
  for (const auto& [name, where] : list()) all.push_back(name);
  return all;
}

std::vector<std::pair<std::string, Location>> Profiles::list() const {
  std::vector<std::pair<std::string, Location>> listed;
  std::set<std::string> seen;
  for (const Table& profiles : tables_) {
    const auto first = static_cast<std::ptrdiff_t>(listed.size());
    for (const auto& [name, profile] : profiles) {
      if (seen.insert(name).second) listed.emplace_back(name, profile.where);
    }
    std::stable_sort(listed.begin() + first, listed.end(), [](const auto& a, const auto& b) {
      return std::tie(a.second.line, a.second.column) < std::tie(b.second.line, b.second.column);
    });
  }
  return listed;
}

}  // namespace host::experiment
