#include "products.h"

#include <sla/parallel.h>

#include <ATen/Dispatch.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>

#include "processor.h"
#include "product_kernels.h"

namespace few_shot {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// Rows of a task: fixed, so that results do not depend on the number of threads.
constexpr int64_t kRowsOfTask = 128;

struct Operand {
  at::Tensor matrices;
  bool transposed = false;

  int64_t rows() const { return matrices.size(transposed ? 2 : 1); }
  int64_t columns() const { return matrices.size(transposed ? 1 : 2); }

  template <typename T>
  Factor<T> factor(int64_t index) const {
    const int64_t size = matrices.size(1) * matrices.size(2);
    return {matrices.data_ptr<T>() + index * size, matrices.size(1), matrices.size(2), transposed};
  }
};

/// a * b by Eigen: with Debian's BLAS, LibTorch's products take twenty times longer.
at::Tensor own_products(const Operand& a, const Operand& b) {
  const int64_t count = a.matrices.size(0);
  at::Tensor product = at::empty({count, a.rows(), b.columns()}, a.matrices.options());
  const int64_t tasks = (a.rows() + kRowsOfTask - 1) / kRowsOfTask;
  AT_DISPATCH_FLOATING_TYPES(a.matrices.scalar_type(), "few_shot::products", [&] {
    sla::parallel_for(count * tasks, /*grain=*/1, [&](int64_t begin, int64_t end) {
      for (int64_t task = begin; task < end; ++task) {
        const int64_t index = task / tasks;
        const int64_t first = task % tasks * kRowsOfTask;
        multiply(a.factor<scalar_t>(index), b.factor<scalar_t>(index), first,
                 std::min(first + kRowsOfTask, a.rows()),
                 product.data_ptr<scalar_t>() + index * a.rows() * b.columns());
      }
    });
  });
  return product;
}

class OwnProducts final : public torch::autograd::Function<OwnProducts> {
 public:
  static at::Tensor forward(AutogradContext* context, const at::Tensor& a, const at::Tensor& b) {
    context->save_for_backward({a, b});
    context->saved_data["is_square"] = a.is_same(b);
    return own_products({a.contiguous()}, {b.contiguous(), /*transposed=*/true});
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    TORCH_CHECK(!at::GradMode::is_enabled(), "few_shot::products is differentiable only once");
    const auto saved = context->get_saved_variables();
    const at::Tensor gradient = gradients[0].contiguous();
    if (context->saved_data["is_square"].toBool()) {
      // Of a a^T, in one product.
      return {own_products({gradient + gradient.mT()}, {saved[0].contiguous()}), at::Tensor()};
    }
    at::Tensor da;
    at::Tensor db;
    if (context->needs_input_grad(0)) da = own_products({gradient}, {saved[1].contiguous()});
    if (context->needs_input_grad(1)) {
      db = own_products({gradient, /*transposed=*/true}, {saved[0].contiguous()});
    }
    return {da, db};
  }
};

}  // namespace

at::Tensor products(const at::Tensor& a, const at::Tensor& b) {
  if (a.is_cpu() && runs_kernels()) return OwnProducts::apply(a, b);
  return a.matmul(b.mT());
}

}  // namespace few_shot
