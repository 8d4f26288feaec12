#include <sla/testing.h>
#include <sla/transformation.h>

#include <ATen/ops/arange.h>
#include <ATen/ops/tensor.h>

int main() {
  return sla::testing::run([] {
    sla::testing::Plugin plugin(PLUGIN_FILE);
    const auto shifts = plugin.transformation("my_plugin", {{"count", int64_t{2}}});
    const auto image = at::arange(4).view({1, 1, 1, 4});

    sla::testing::expect_same(shifts->view(image, 0).flatten(), at::tensor({0, 1, 2, 3}, at::kLong),
                              "the image");
    sla::testing::expect_same(shifts->view(image, 1).flatten(), at::tensor({2, 3, 0, 1}, at::kLong),
                              "the image shifted by half its width");
  });
}
