#pragma once

#include <cstdint>

namespace benchmark {

/// Adds tensors of several sizes among `processes` processes of this machine, `times` times each,
/// and prints the median time of each size. Returns the exit status of the group.
int print_sums(int processes, int64_t times);

}  // namespace benchmark
