#pragma once

#include <cstdint>
#include <vector>

namespace imbalanced {

/// (1 - beta) / (1 - beta^n_c), normalised to sum C: the effective-number weights of Cui et al.,
/// CVPR 2019, equation 2. A class without images has weight 0.
std::vector<double> class_balanced_weights(const std::vector<int64_t>& counts, double beta);

/// n_c^(-1/4), scaled so that the maximum is `maximum`: the margins of Cao et al., NeurIPS 2019,
/// equation 13. A class without images has margin 0.
std::vector<double> ldam_margins(const std::vector<int64_t>& counts, double maximum);

}  // namespace imbalanced
