#pragma once

#include <cstdint>
#include <functional>

namespace sla {

/// Calls work(begin, end) on LibTorch's threads for ranges of at least `grain` (unless `count` is
/// less) that cover 0 to `count`. Exceptions of `work` reach the caller; gradient mode and autocast
/// are those of a new thread.
///
/// at::parallel_for does the same only if its caller is compiled with -fopenmp for LibTorch's own
/// OpenMP library; otherwise it silently uses a single thread.
void parallel_for(int64_t count, int64_t grain, const std::function<void(int64_t, int64_t)>& work);

}  // namespace sla
