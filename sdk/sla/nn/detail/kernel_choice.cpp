#include "sla/nn/detail/kernel_choice.h"

#include <cstdlib>
#include <string_view>

#include <ATen/TracerMode.h>

namespace sla::nn::detail {

bool own_kernels_chosen() {
#if defined(__x86_64__)
  static const bool possible = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  static const bool faster = possible && !__builtin_cpu_supports("avx512f");
  const char* variable = std::getenv("SLA_KERNELS");
  const std::string_view choice = variable == nullptr ? "" : variable;
  if (choice == "libtorch") return false;
  return choice == "own" ? possible : faster;
#else
  return false;
#endif
}

bool is_traced() { return at::tracer::impl::is_dispatch_enabled(); }

}  // namespace sla::nn::detail
