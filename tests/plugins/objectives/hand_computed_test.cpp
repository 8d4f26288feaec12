#include <ATen/core/grad_mode.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include <cmath>

#include "tests/catch.h"
#include "tests/support/assemblies.h"
#include "tests/support/training_pass.h"

namespace {

/// An objective for two classes and two transformations on features whose first numbers are the
/// logits of head 0; head 1 gives zeros.
class Bench {
 public:
  explicit Bench(const std::string& objective)
      : assembly_(tests::assembly_of("training.precision = 'fp64'\ndataset.classes = 2\n"
                                     "transformation.plugin = 'flip'\nobjective = { plugin = '" +
                                     objective + "' }")) {
    const at::NoGradGuard no_grad;
    for (auto& [name, tensor] : assembly_.network->state()) {
      if (name.starts_with("classifiers.")) tensor.zero_();
    }
    const auto weight = assembly_.network->state().at("classifiers.0.weight");
    for (int64_t output = 0; output < weight.size(0); ++output) weight[output][output] = 1;
  }

  sla::Objective& objective() { return *assembly_.network->objective().object(); }

  /// Features with these logits in each row.
  static at::Tensor features(const std::vector<double>& logits, int64_t rows) {
    auto features = at::zeros({rows, 64}, at::kDouble);
    const int64_t outputs = static_cast<int64_t>(logits.size()) / rows;
    features.slice(1, 0, outputs).copy_(at::tensor(logits, at::kDouble).view({rows, outputs}));
    return features;
  }

 private:
  host::assembly::Assembly assembly_;
};

const double kLn2 = std::log(2.0);
const double kLn3 = std::log(3.0);

double total(Bench& bench, const at::Tensor& features, const std::vector<int64_t>& labels) {
  const sla::Batch batch{{}, at::tensor(labels, at::kLong)};
  return bench.objective()
      .loss(tests::embedding_of(features, bench.objective().needs().views, batch),
            tests::phase_at(bench.objective(), 0))
      .total()
      .item<double>();
}

}  // namespace

TEST_CASE("da is the mean cross-entropy over the transformed images", "[objectives]") {
  Bench bench("da");
  // softmax(ln 3, 0) = (3/4, 1/4). Image 0 of class 0: ln(4/3) and ln 2; image 1 of class 1: ln 4,
  // ln 2.
  const auto features = Bench::features({kLn3, 0, 0, 0, kLn3, 0, 5, 5}, 4);
  const double expected = (std::log(4.0 / 3) + kLn2 + std::log(4.0) + kLn2) / 4;
  CHECK(total(bench, features, {0, 1}) == Approx(expected).epsilon(1e-12));
}

TEST_CASE("mt adds the cross-entropy of the transformation", "[objectives]") {
  Bench bench("mt");
  // Head 1 outputs zeros: ln 2 for each of the two transformations.
  const auto features = Bench::features({kLn3, 0, 0, 0}, 2);
  CHECK(total(bench, features, {0}) ==
        Approx((std::log(4.0 / 3) + kLn2) / 2 + kLn2).epsilon(1e-12));
}

TEST_CASE("sla is the mean cross-entropy over joint labels", "[objectives]") {
  Bench bench("sla");
  // Class 1: joint labels 2 and 3. Row 0: softmax(0, 0, ln 3, 0) at 2 is 3/6; row 1: uniform, 1/4.
  const auto features = Bench::features({0, 0, kLn3, 0, 0, 0, 0, 0}, 2);
  CHECK(total(bench, features, {1}) == Approx((kLn2 + std::log(4.0)) / 2).epsilon(1e-12));
}

TEST_CASE("sla_sd adds the distilled head's cross-entropy and divergence", "[objectives]") {
  Bench bench("sla_sd");
  // Aggregated logits of class 0: (2 ln 3 + 0) / 2 = ln 3; of class 1: 0. Teacher (3/4, 1/4),
  // student (1/2, 1/2).
  const auto features = Bench::features({2 * kLn3, 0, 0, 0, 0, 0, 0, 0}, 2);
  const double joint = (std::log(12.0 / 9) + std::log(4.0)) / 2;
  const double divergence = 0.75 * std::log(1.5) + 0.25 * std::log(0.5);
  CHECK(total(bench, features, {0}) == Approx(joint + kLn2 + divergence).epsilon(1e-12));
}

TEST_CASE("smoothed labels put a share on every label", "[objectives]") {
  // Cross-entropies of the two labels, with logits (ln 3, 0): ln(4/3) and ln 4.
  const double share = 0.2;
  const auto smoothed = [&](double right, double mean) {
    return (1 - share) * right + share * mean;
  };
  const double class_0 = smoothed(std::log(4.0 / 3), (std::log(4.0 / 3) + std::log(4.0)) / 2);
  const auto features = Bench::features({kLn3, 0, 0, 0}, 2);
  Bench da("da', label_smoothing = 0.2, component = 'da");
  CHECK(total(da, features, {0}) == Approx((class_0 + kLn2) / 2).epsilon(1e-12));
  Bench mt("mt', label_smoothing = 0.2, component = 'mt");
  CHECK(total(mt, features, {0}) == Approx((class_0 + kLn2) / 2 + kLn2).epsilon(1e-12));
  // Joint logits (ln 3, 0, 0, 0): label 0 costs ln 2, the others ln 6.
  Bench sla("sla', label_smoothing = 0.2, component = 'sla");
  const double joint = smoothed(kLn2, (kLn2 + 3 * std::log(6.0)) / 4);
  CHECK(total(sla, features, {0}) == Approx((joint + std::log(4.0)) / 2).epsilon(1e-12));
}

TEST_CASE("da and mt aggregate by the mean of the logits", "[objectives]") {
  const std::string name = GENERATE("da", "mt");
  Bench bench(name);
  const auto features = Bench::features({1, 2, 3, 6, -1, 0, 5, 0}, 4);
  const sla::Batch batch{{}, at::tensor({0, 1}, at::kLong)};
  const auto embedding = tests::embedding_of(features, sla::Views::all, batch);
  const auto expect = [&](const char* prediction, const std::vector<double>& logits) {
    const auto expected = at::tensor(logits, at::kDouble).view({2, 2});
    CHECK(tests::distance(bench.objective().predict(prediction, embedding), expected) < 1e-12);
  };
  expect("single", {1, 2, -1, 0});
  expect("aggregated", {2, 4, 2, 0});
}
