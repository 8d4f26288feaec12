#pragma once

#include <ATen/core/Tensor.h>
#include <sla/dataset.h>
#include <sla/objective.h>

#include <cstdint>

#include "host/plugin/call.h"

// What plugins return, held against the contract where the host would misread it. They look at
// no value on a device, so that nothing waits for it. All throw PluginError with what was expected
// and found.
namespace host::plugin {

/// The images that a sampler draws out of `size`, on the CPU, where looking at them costs nothing.
void check_draw(const sla::Draw& draw, int64_t size, const Origin& origin);

/// A batch of `count` images of a shape, on the CPU.
void check_batch(const sla::Batch& batch, int64_t count, const sla::ImageShape& shape,
                 const Origin& origin);

/// Images under `count` transformations, one by one, dense in memory.
void check_views(const at::Tensor& views, const at::Tensor& images, int64_t count,
                 const Origin& origin);

/// Features of `rows` images, of the size that the model says.
void check_features(const at::Tensor& features, int64_t rows, int64_t feature_size,
                    const Origin& origin);

/// A loss that can be minimised.
void check_loss(const sla::Loss& loss, const Origin& origin);

/// Logits, one row for each target.
void check_logits(const at::Tensor& logits, const sla::Targets& targets, const Origin& origin);

}  // namespace host::plugin
