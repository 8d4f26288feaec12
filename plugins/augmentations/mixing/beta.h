#pragma once

#include <sla/random.h>

namespace mixing {

/// Draws from Beta(alpha, alpha), alpha > 0.
double symmetric_beta(double alpha, sla::RandomStream& random);

}  // namespace mixing
