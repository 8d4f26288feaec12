#include "host/experiment/stand_in.h"

namespace host::experiment {

namespace {

constexpr const char* kStandsInFor = "stands_in_for";

}  // namespace

std::string image_source(const Table& dataset) {
  if (!dataset.contains("source")) return text_at(dataset, "plugin");
  const Table* source = table_at(dataset, "source");
  return source == nullptr ? "" : image_source(*source);
}

void note_stand_in(Table& root, const Table& meant_dataset) {
  const std::string noted = text_at(root, kStandsInFor);
  const std::string meant = noted.empty() ? image_source(meant_dataset) : noted;
  const Table* dataset = table_at(root, "dataset");
  const std::string used = dataset == nullptr ? "" : image_source(*dataset);
  if (!meant.empty() && meant != used) {
    root.insert_or_assign(kStandsInFor, Value{meant, {}});
  } else if (!noted.empty()) {
    root.erase(kStandsInFor);
  }
}

}  // namespace host::experiment
