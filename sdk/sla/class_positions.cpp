#include "sla/class_positions.h"

namespace sla {

std::vector<std::vector<int64_t>> class_positions(const at::Tensor& labels, int64_t classes) {
  std::vector<std::vector<int64_t>> positions(static_cast<size_t>(classes));
  const auto* label = labels.data_ptr<int64_t>();
  for (int64_t i = 0; i < labels.numel(); ++i) {
    positions.at(static_cast<size_t>(label[i])).push_back(i);
  }
  return positions;
}

}  // namespace sla
