#pragma once

#include <string_view>

#include <c10/core/ScalarType.h>

namespace sla::nn::detail {

/// Which kernels convolutions take.
enum class Kernels {
  /// LibTorch's.
  libtorch,
  /// Our own if they support the shape.
  own,
  /// Our own if they support the shape and are faster for it than LibTorch's with AVX-512.
  mixed,
};

/// What the environment variable SLA_KERNELS names, which the host sets for the copies of this
/// function in all plugins; if it is not set, the fastest choice for activations of this type on
/// this processor. LibTorch's on processors without AVX2 and FMA.
Kernels chosen_kernels(c10::ScalarType activations);

/// "libtorch", "own" or "mixed".
std::string_view name_of(Kernels kernels);

/// Whether the processor multiplies bfloat16; LibTorch takes many times longer if it does not.
bool multiplies_bfloat();

/// Whether the processor has the instructions that kernels of 16 lanes are compiled for.
bool has_sixteen_lanes();

/// Whether LibTorch records its operations as TorchScript: kernels of our own would be missing
/// there.
bool is_traced();

}  // namespace sla::nn::detail
