#include "sla/parallel.h"

#include <ATen/TensorIterator.h>
#include <ATen/ops/arange.h>

namespace sla {

void parallel_for(int64_t count, int64_t grain, const std::function<void(int64_t, int64_t)>& work) {
  // A loop inside LibTorch over task indices: it is compiled into the library.
  const at::Tensor numbers = at::arange(count, at::kLong);
  auto tasks = at::TensorIteratorConfig().add_input(numbers).build();
  tasks.for_each(
      [&](char** data, const int64_t*, int64_t length, int64_t) {
        const int64_t begin = *reinterpret_cast<const int64_t*>(data[0]);
        work(begin, begin + length);
      },
      grain);
}

}  // namespace sla
