#pragma once

#include <ATen/core/Tensor.h>

#include "sla/nn/detail/fused_batch_norm.h"

namespace sla::nn::detail {

/// The host's operator that adds a tensor over all processes that train together. It exists while
/// they share the statistics of batch normalisation (training.sync_batch_norm).
inline constexpr const char* kSumOverProcesses = "sla_host::sum_over_processes";

/// Whether it exists.
bool statistics_are_shared();

/// Batch normalisation of [R, C, H, W], to be trained, with mean and variance over the rows of all
/// processes. All of them must call it, and its backward pass, in the same order.
at::Tensor shared_batch_norm(const at::Tensor& x, const BatchNormState& state);

}  // namespace sla::nn::detail
