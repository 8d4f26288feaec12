#include <sla/dataset.h>
#include <sla/testing.h>

#include <string>

#include <ATen/TensorOperators.h>
#include <ATen/ops/tensor.h>

int main() {
  return sla::testing::run([] {
    sla::testing::Plugin plugin(PLUGIN_FILE);
    const auto spots = plugin.dataset("my_plugin", {{"train", int64_t{8}}});
    sla::testing::expect_same(spots->labels(sla::Split::train),
                              at::tensor({0, 1, 2, 3, 0, 1, 2, 3}, at::kLong), "training labels");

    // The brightest row of an image of class 3 is about 10 pixels above that of class 0.
    const auto request = sla::Request::plain(sla::Split::train, at::tensor({4, 7}, at::kLong));
    const auto images = spots->batch(request).images;
    const auto rows = images.to(at::kFloat).sum({1, 3}).argmax(1);
    const int64_t distance = (rows[0] - rows[1]).item<int64_t>();
    sla::testing::expect(distance >= 7 && distance <= 14,
                         "the spots are " + std::to_string(distance) + " rows apart");
  });
}
