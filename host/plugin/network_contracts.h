#pragma once

#include <ATen/core/Tensor.h>
#include <sla/model.h>
#include <sla/objective.h>

#include <cstdint>
#include <vector>

#include "host/plugin/call.h"

// Checks of what models and objectives return against the SDK's contract. None reads a value from
// a device, so none waits for it. All throw PluginError naming the function, the expected and the
// actual value. Called by the handles and by conformance.
namespace host::plugin {

/// Features of `rows` images, of the model's feature_size().
void check_features(const at::Tensor& features, int64_t rows, int64_t feature_size,
                    const Origin& origin);

/// Feature maps of `rows` images, with the model's stage_channels().
void check_maps(const std::vector<at::Tensor>& maps, int64_t rows,
                const std::vector<int64_t>& channels, const Origin& origin);

/// Needs that can be satisfied.
void check_needs(const sla::Needs& needs, const Origin& origin);

/// Phases that begin at 0, in increasing order, with unique names.
void check_phases(const std::vector<sla::Phase>& phases, const Origin& origin);

/// At least one prediction, with unique names that are valid in metric names.
void check_predictions(const std::vector<sla::Prediction>& predictions, const Origin& origin);

/// A loss that can be minimised.
void check_loss(const sla::Loss& loss, const Origin& origin);

/// Labels, with trials of equal length.
void check_targets(const sla::Targets& targets, const Origin& origin);

/// Logits, one row per target; one column per class of the dataset unless the targets are trials'.
void check_logits(const at::Tensor& logits, const sla::Targets& targets, int64_t classes,
                  const Origin& origin);

/// Row logits, [rows, N*M] or [rows, N]; or undefined.
void check_row_logits(const at::Tensor& logits, int64_t rows, int64_t classes,
                      int64_t transformations, const Origin& origin);

}  // namespace host::plugin
