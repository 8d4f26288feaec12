#include "sla/image_names.h"

#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace sla {

at::Tensor pack_names(const std::vector<std::string_view>& names) {
  size_t longest = 1;
  for (const auto name : names) longest = std::max(longest, name.size());
  at::Tensor packed =
      at::zeros({std::ssize(names), static_cast<int64_t>(longest)}, at::TensorOptions(at::kByte));
  auto* row = packed.data_ptr<uint8_t>();
  for (const auto name : names) {
    std::copy(name.begin(), name.end(), row);
    row += longest;
  }
  return packed;
}

std::vector<std::string> unpack_names(const at::Tensor& packed) {
  const at::Tensor rows = packed.contiguous();
  const auto longest = static_cast<size_t>(rows.size(1));
  const auto* row = reinterpret_cast<const char*>(rows.data_ptr<uint8_t>());
  std::vector<std::string> names;
  for (int64_t i = 0; i < rows.size(0); ++i, row += longest) {
    names.emplace_back(row, strnlen(row, longest));
  }
  return names;
}

}  // namespace sla
