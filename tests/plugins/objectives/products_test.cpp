#include "plugins/objectives/few_shot/products.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/randn.h>

#include <tuple>
#include <vector>

#include "tests/catch.h"

namespace {

/// A product of copies of these matrices, and what its backward pass finds for each of them.
template <typename Multiply>
std::vector<at::Tensor> product_and_gradients(const std::vector<at::Tensor>& matrices,
                                              const Multiply& multiply) {
  std::vector<at::Tensor> copies;
  copies.reserve(matrices.size());
  for (const at::Tensor& matrix : matrices) copies.push_back(matrix.clone().requires_grad_(true));
  const at::Tensor product = multiply(copies.front(), copies.back());
  at::manual_seed(6);
  product.backward(at::randn(product.sizes(), product.options()));
  std::vector<at::Tensor> found{product.detach()};
  for (const at::Tensor& copy : copies) found.push_back(copy.grad());
  return found;
}

void check_products(const std::vector<at::Tensor>& matrices) {
  const double tolerance = matrices[0].scalar_type() == at::kDouble ? 1e-13 : 1e-5;
  const auto found = product_and_gradients(matrices, few_shot::products);
  const auto expected = product_and_gradients(
      matrices, [](const at::Tensor& a, const at::Tensor& b) { return a.matmul(b.mT()); });
  REQUIRE(found.size() == expected.size());
  for (size_t i = 0; i < found.size(); ++i) {
    REQUIRE(found[i].sizes() == expected[i].sizes());
    CHECK((found[i] - expected[i]).norm().item<double>() <
          tolerance * expected[i].norm().item<double>());
  }
}

}  // namespace

TEST_CASE("products of batches of matrices and their gradients are LibTorch's", "[objectives]") {
  const auto type = GENERATE(at::kFloat, at::kDouble);
  const auto [episodes, m, n, d] = GENERATE(std::tuple(1, 1, 1, 1), std::tuple(3, 5, 7, 11),
                                            std::tuple(2, 300, 1, 300), std::tuple(2, 130, 33, 65));
  INFO(episodes << " episodes, " << m << ", " << n << " and " << d << ", " << c10::toString(type));
  at::manual_seed(5);
  const auto a = at::randn({episodes, m, d}, type);
  check_products({a, at::randn({episodes, n, d}, type)});
  check_products({a});  // with itself
  // Views, not contiguous.
  check_products({at::randn({episodes, d, m}, type).mT(), at::randn({episodes, d, n}, type).mT()});
}
