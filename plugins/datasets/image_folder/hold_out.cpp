#include "hold_out.h"

#include <sla/random.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace image_folder {

namespace {

/// How many of `count` images to hold out, if `left` may go.
int64_t share(double fraction, int64_t count, int64_t left) {
  if (fraction <= 0 || left <= 0) return 0;
  const auto wanted = std::llround(fraction * static_cast<double>(count));
  return std::min<int64_t>(std::max<int64_t>(wanted, 1), left);
}

}  // namespace

void hold_out(FileTable& table, double validation, double test, int64_t seed) {
  const FileList all = std::exchange(table.of(sla::Split::train), {});
  const auto random = sla::RandomStream(static_cast<uint64_t>(seed)).child("image_folder.held_out");
  std::vector<std::vector<std::pair<uint64_t, int64_t>>> classes(table.class_names.size());
  for (int64_t i = 0; i < all.size(); ++i) {
    classes[static_cast<size_t>(all.label(i))].emplace_back(random.child(all.name(i)).next(), i);
  }
  std::vector<sla::Split> splits(static_cast<size_t>(all.size()), sla::Split::train);
  for (auto& files : classes) {
    std::sort(files.begin(), files.end());
    const int64_t count = std::ssize(files);
    const int64_t for_test = share(test, count, count - 1);
    const int64_t for_validation = share(validation, count, count - 1 - for_test);
    for (int64_t i = 0; i < for_test + for_validation; ++i) {
      splits[static_cast<size_t>(files[static_cast<size_t>(i)].second)] =
          i < for_test ? sla::Split::test : sla::Split::validation;
    }
  }
  for (int64_t i = 0; i < all.size(); ++i) {
    table.of(splits[static_cast<size_t>(i)]).add(all.name(i), all.label(i), all.bytes(i));
  }
}

}  // namespace image_folder
