#include <sla/dataset.h>
#include <sla/model.h>
#include <sla/testing.h>

#include <string>

#include <ATen/ops/rand.h>

int main() {
  return sla::testing::run([] {
    sla::testing::Plugin plugin(PLUGIN_FILE);
    const auto model = plugin.model("my_plugin", {3, 32, 32}, {{"channels", int64_t{8}}});
    sla::testing::expect(model->feature_size() == 32, "8 channels, doubled twice, are 32 features");

    int64_t weights = 0;
    for (const auto& parameter : model->parameters()) weights += parameter.numel();
    // Convolutions 3*8*9, 8*16*9, 16*32*9; weight and bias of 8 + 16 + 32 channels.
    sla::testing::expect(weights == 216 + 1152 + 4608 + 112,
                         "it has " + std::to_string(weights) + " weights");
    const auto features = model->features(at::rand({2, 3, 32, 32}));
    sla::testing::expect(features.size(0) == 2 && features.size(1) == 32,
                         "features of two images are " + sla::describe(features));
  });
}
