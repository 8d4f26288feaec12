#include "sla/nn/detail/kernel_choice.h"

#include <cstdlib>

#include <ATen/TracerMode.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace sla::nn::detail {

namespace {

#if defined(__x86_64__)

bool has_eight_lanes() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }

bool has_bfloat_vectors() { return __builtin_cpu_supports("avx512bf16"); }

bool has_bfloat_tiles() {
  constexpr unsigned int kAmxBfloat = 1U << 22;
  unsigned int a = 0;
  unsigned int b = 0;
  unsigned int c = 0;
  unsigned int d = 0;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (d & kAmxBfloat) != 0;
}

#else

bool has_eight_lanes() { return false; }
bool has_bfloat_vectors() { return false; }
bool has_bfloat_tiles() { return false; }

#endif

Kernels fastest_kernels(c10::ScalarType activations) {
  static const bool bfloat_vectors_alone = has_bfloat_vectors() && !has_bfloat_tiles();
  if (!has_eight_lanes()) return Kernels::libtorch;
  if (!has_sixteen_lanes()) return Kernels::own;
  if (activations == c10::ScalarType::Float || bfloat_vectors_alone) return Kernels::mixed;
  return Kernels::libtorch;
}

}  // namespace

Kernels chosen_kernels(c10::ScalarType activations) {
  const char* variable = std::getenv("SLA_KERNELS");
  const std::string_view choice = variable == nullptr ? "" : variable;
  for (const Kernels kernels : {Kernels::libtorch, Kernels::own, Kernels::mixed}) {
    if (choice == name_of(kernels)) return has_eight_lanes() ? kernels : Kernels::libtorch;
  }
  return fastest_kernels(activations);
}

std::string_view name_of(Kernels kernels) {
  if (kernels == Kernels::libtorch) return "libtorch";
  return kernels == Kernels::own ? "own" : "mixed";
}

bool multiplies_bfloat() {
  static const bool has = has_bfloat_vectors() || has_bfloat_tiles();
  return has;
}

bool has_sixteen_lanes() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
#else
  return false;
#endif
}

bool is_traced() { return at::tracer::impl::is_dispatch_enabled(); }

}  // namespace sla::nn::detail
