#pragma once

#include <ATen/core/Tensor.h>
#include <sla/dataset.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "host/plugin/call.h"

// Checks of what datasets, augmentations and transformations return against the SDK's contract.
// None reads a value from a device, so none waits for it. All throw PluginError naming the
// function, the expected and the actual value. Called by the handles and by conformance.
namespace host::plugin {

/// At least one class name, all different.
void check_class_names(const std::vector<std::string>& names, const Origin& origin);

/// The labels of a split, on the CPU, for `classes` classes.
void check_labels(const at::Tensor& labels, sla::Split split, int64_t classes,
                  const Origin& origin);

/// Named groups of classes.
void check_class_groups(const std::map<std::string, std::vector<int64_t>>& groups, int64_t classes,
                        const Origin& origin);

/// What a dataset says about itself: names and text in UTF-8.
void check_texts(const std::map<std::string, std::string>& texts, std::string_view function,
                 const Origin& origin);

/// A derived dataset's request to its source, of whose split it has `size` images. Throws
/// sla::Error instead: its caller is the one to be named.
void check_request(const sla::Request& request, int64_t size);

/// A sampler's draw from the `size` images of a split.
void check_draw(const sla::Draw& draw, int64_t size, const Origin& origin);

/// A batch of `count` images of this shape, on the CPU; `function` returned or edited it.
void check_batch(const sla::Batch& batch, int64_t count, const sla::ImageShape& shape,
                 std::string_view function, const Origin& origin);

/// The mixed labels of a batch of `count` images, for `classes` classes.
void check_mixed(const sla::MixedLabels& mixed, int64_t count, int64_t classes,
                 const Origin& origin);

/// Positions in a batch of `images` images, one per row and column.
void check_exhibit(const sla::Exhibit& exhibit, int64_t images, const Origin& origin);

/// `images` under `count` transformations, contiguous; `function` returned them.
void check_views(const at::Tensor& views, const at::Tensor& images, int64_t count,
                 std::string_view function, const Origin& origin);

}  // namespace host::plugin
