#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace long_tail {

/// The class sizes of a long-tailed training set of `classes` classes, whose largest class has
/// `largest` images and `ratio` times as many as the smallest. "exp" decays exponentially from
/// class to class, n_c = int(largest * f^(c/(C-1))) with f = 1/ratio; "step" gives the second half
/// of the classes int(largest * f) (Cao et al., NeurIPS 2019, section 4).
std::vector<int64_t> class_counts(const std::string& profile, int64_t classes, int64_t largest,
                                  double ratio);

}  // namespace long_tail
