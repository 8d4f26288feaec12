#pragma once

#include <ATen/core/Tensor.h>

namespace host::prediction {

/// The temperature T > 0 for which softmax(logits / T) has the least
/// cross-entropy with the labels: logits [B, N], labels [B] int64 (Guo, Pleiss,
/// Sun, Weinberger, "On Calibration of Modern Neural Networks", ICML 2017,
/// section 4.2). Between 0.01 and 100.
double fitted_temperature(const at::Tensor& logits, const at::Tensor& labels);

}  // namespace host::prediction
