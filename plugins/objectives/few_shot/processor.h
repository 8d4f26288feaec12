#pragma once

namespace few_shot {

/// Whether this processor has the instructions that the files *_kernels.cpp are compiled for.
inline bool runs_kernels() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
  return false;
#endif
}

}  // namespace few_shot
