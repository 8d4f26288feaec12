#include "profile.h"

#include <cmath>

namespace long_tail {

std::vector<int64_t> class_counts(const std::string& profile, int64_t classes, int64_t largest,
                                  double ratio) {
  const double factor = 1.0 / ratio;
  std::vector<int64_t> counts;
  for (int64_t c = 0; c < classes; ++c) {
    double share = 1;
    if (profile == "exp" && classes > 1) {
      share = std::pow(factor, static_cast<double>(c) / static_cast<double>(classes - 1));
    } else if (profile == "step" && c >= classes / 2) {
      share = factor;
    }
    counts.push_back(static_cast<int64_t>(static_cast<double>(largest) * share));
  }
  return counts;
}

}  // namespace long_tail
