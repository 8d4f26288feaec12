#include <sla/model.h>
#include <sla/objective.h>
#include <sla/testing.h>

#include <cmath>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/full.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

namespace {

/// The objective uses it only to create a head.
class Features final : public sla::Model {
 public:
  at::Tensor features(const at::Tensor& images) override { return images; }
  int64_t feature_size() const override { return 1; }
};

}  // namespace

int main() {
  return sla::testing::run([] {
    sla::testing::Plugin plugin(PLUGIN_FILE);
    Features model;
    const sla::Task task{.classes = 2, .transformations = 2};
    const auto objective = plugin.objective("my_plugin", task, model, {{"smoothing", 0.0}});
    // With all weights zero the four joint labels are equally likely: the loss is log 4.
    {
      const at::NoGradGuard no_grad;
      for (auto& parameter : objective->parameters()) parameter.zero_();
    }
    const sla::Batch batch{{}, at::tensor({1}, at::kLong)};
    const sla::Embedding embedding{
        .features = at::zeros({2, 1}), .views = sla::Views::all, .batch = batch};
    sla::testing::expect_close(objective->loss(embedding, {}).total(), at::full({}, std::log(4.0)),
                               1e-6, "the loss of an all-zero head");
  });
}
