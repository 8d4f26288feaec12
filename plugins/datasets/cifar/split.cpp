#include "split.h"

#include <sla/error.h>
#include <sla/random.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include <ATen/ops/tensor.h>

namespace cifar {

namespace {

at::Tensor sorted(std::vector<int64_t> indices) {
  std::sort(indices.begin(), indices.end());
  return at::tensor(indices, at::kLong);
}

}  // namespace

HeldOut hold_out(const at::Tensor& labels, int64_t classes, int64_t validation,
                 int64_t limit_per_class, int64_t seed) {
  const int64_t total = labels.numel();
  if (validation >= total) {
    throw sla::Error("validation = " + std::to_string(validation) + " leaves none of the " +
                     std::to_string(total) + " images for training");
  }
  std::vector<int64_t> order(total);
  std::iota(order.begin(), order.end(), 0);
  auto random = sla::RandomStream(static_cast<uint64_t>(seed)).child("cifar.validation");
  for (int64_t i = total - 1; i > 0; --i) std::swap(order[i], order[random.below(i + 1)]);

  const auto first_train = order.begin() + validation;
  std::vector<int64_t> train;
  std::vector<int64_t> kept(classes, 0);
  const auto* label = labels.data_ptr<int64_t>();
  std::copy_if(first_train, order.end(), std::back_inserter(train), [&](int64_t index) {
    return limit_per_class == 0 || kept[label[index]]++ < limit_per_class;
  });
  return {sorted(std::move(train)), sorted({order.begin(), first_train})};
}

}  // namespace cifar
