#include "host/experiment/published.h"

#include <algorithm>
#include <utility>

#include "host/base/errors.h"
#include "host/experiment/check.h"
#include "host/experiment/flat.h"
#include "host/experiment/schema.h"
#include "host/experiment/suggest.h"

namespace host::experiment {

namespace {

/// The profiles that an entry belongs to.
std::vector<std::string> profiles_of(const Value& entry, const std::vector<std::string>& known) {
  auto names =
      check(*entry.table(), entry.where, "[[published]]", published_schema()).texts("profiles");
  for (const std::string& name : names) {
    if (std::count(known.begin(), known.end(), name) > 0) continue;
    throw ExperimentError(entry.table()->at("profiles").where.text() +
                          ": [[published]] refers to an unknown profile '" + name + "'" +
                          suggest(name, known));
  }
  return names;
}

/// Whether two experiments train the same, apart from their seeds.
bool same_experiment(const Table& a, const Table& b) {
  return differences(a, b, keys_beside_experiment()).empty();
}

}  // namespace

void keep_published(Table& root, const std::vector<std::string>& chosen,
                    const std::vector<std::string>& known, const ResolveFile& resolve_file) {
  const auto found = root.find("published");
  if (found == root.end()) return;
  const Array entries =
      found->second.array() == nullptr ? Array{found->second} : *found->second.array();
  Array kept;
  for (Value entry : entries) {
    // Anything but a table is rejected later, with the rest of the experiment.
    if (auto* table = std::get_if<Table>(&entry.held)) {
      const auto profiles = profiles_of(entry, known);
      if (!std::is_permutation(profiles.begin(), profiles.end(), chosen.begin(), chosen.end()) ||
          !same_experiment(resolve_file(entry.where.file, chosen), root))
        continue;
      table->erase("profiles");
    }
    kept.push_back(std::move(entry));
  }
  if (kept.empty()) {
    root.erase(found);
  } else {
    found->second.held = std::move(kept);
  }
}

}  // namespace host::experiment
