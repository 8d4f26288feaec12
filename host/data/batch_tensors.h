#pragma once

#include <sla/batch.h>

#include <ATen/core/Tensor.h>

namespace host::data {

/// Calls `visit` with a reference to each tensor of a batch, `const` if the batch is.
template <typename Batch, typename Visit>
void for_each_tensor(Batch& batch, Visit&& visit) {
  visit(batch.images);
  visit(batch.labels);
  for (auto& [name, tensor] : batch.annotations) visit(tensor);
  if (batch.mixed) {
    visit(batch.mixed->labels);
    visit(batch.mixed->share);
  }
}

/// Moves a batch to a device; asynchronously if it is in pinned memory.
inline sla::Batch to_device(sla::Batch batch, at::Device device) {
  for_each_tensor(batch, [&](at::Tensor& tensor) {
    tensor = tensor.to(tensor.options().device(device), /*non_blocking=*/true);
  });
  return batch;
}

}  // namespace host::data
