#include <sla/augmentation.h>
#include <sla/testing.h>

#include <ATen/TensorOperators.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>

int main() {
  return sla::testing::run([] {
    sla::testing::Plugin plugin(PLUGIN_FILE);
    const auto brightness = plugin.augmentation("my_plugin", {{"strength", 0.5}});
    const auto random = sla::BatchRandom::whole(sla::RandomStream(1), 64);
    sla::Batch batch{at::full({64, 3, 2, 2}, 100, at::kByte), at::zeros({64}, at::kLong)};
    brightness->apply(batch, random);

    const auto of_image = batch.images.select(1, 0).select(1, 0).select(1, 0).to(at::kFloat);
    sla::testing::expect(
        of_image.min().item<double>() >= 50 && of_image.max().item<double>() <= 150,
        "the brightness changes by more than the strength");
    sla::testing::expect(of_image.max().item<double>() - of_image.min().item<double>() > 80,
                         "the brightness hardly changes");
  });
}
