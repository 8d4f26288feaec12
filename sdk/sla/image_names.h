#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <string_view>
#include <vector>

namespace sla {

/// The annotation by which a dataset says what the images of an unaugmented batch are called,
/// usually their files relative to its root: [B, L] uint8, one name per row, in UTF-8, filled up
/// with zeros. L may differ from batch to batch. The host writes the names beside the logits.
inline constexpr const char* kImageNames = "image_names";

/// Names as such an annotation, on the CPU.
at::Tensor pack_names(const std::vector<std::string_view>& names);

/// The names in such an annotation, which is on the CPU.
std::vector<std::string> unpack_names(const at::Tensor& packed);

}  // namespace sla
