#pragma once

#include <cstdint>
#include <functional>

namespace sla {

/// Calls work(begin, end) on LibTorch's threads for ranges of at least `grain` (if there are as
/// many) that cover 0 to `count`. What `work` throws reaches the caller; gradient mode and autocast
/// are those of a new thread.
///
/// at::parallel_for does the same only where its caller is compiled with -fopenmp, for the very
/// OpenMP library of LibTorch, and takes one thread otherwise without a word.
void parallel_for(int64_t count, int64_t grain, const std::function<void(int64_t, int64_t)>& work);

}  // namespace sla
