#pragma once

namespace sla::nn::detail {

/// Whether convolutions take our own kernels: the environment variable SLA_KERNELS says "own" or
/// "libtorch", which the host sets for the copies of this function in all plugins; if it is not
/// set, the processor: with AVX2 but not AVX-512, for which LibTorch's are faster. Never without
/// AVX2 and FMA.
bool own_kernels_chosen();

/// Whether LibTorch records its operations as TorchScript: kernels of our own would be missing
/// there.
bool is_traced();

}  // namespace sla::nn::detail
