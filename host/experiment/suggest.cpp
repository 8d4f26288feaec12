#include "host/experiment/suggest.h"

#include <algorithm>
#include <numeric>

namespace host::experiment {

namespace {

/// Levenshtein distance.
size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t substituted = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, substituted});
    }
  }
  return row.back();
}

}  // namespace

std::string suggest(std::string_view unknown, const std::vector<std::string>& known) {
  if (known.empty()) return "; there is none";
  const auto nearest =
      std::min_element(known.begin(), known.end(), [&](const std::string& a, const std::string& b) {
        return edit_distance(unknown, a) < edit_distance(unknown, b);
      });
  std::string text = ";";
  if (edit_distance(unknown, *nearest) <= std::max<size_t>(2, nearest->size() / 3)) {
    text += " did you mean '" + *nearest + "'?";
  }
  return text + " " + list_known(known);
}

std::string list_known(const std::vector<std::string>& known) {
  std::string text = "Known:";
  for (const std::string& name : known) text += (name == known.front() ? " " : ", ") + name;
  return text;
}

}  // namespace host::experiment
