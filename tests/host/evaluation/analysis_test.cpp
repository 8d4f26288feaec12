#include "host/evaluation/analysis.h"

#include <ATen/ops/full.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include <cmath>

#include <nlohmann/json.hpp>

#include "tests/catch.h"
#include "tests/support/assemblies.h"
#include "tests/support/training_pass.h"

using host::evaluation::Analysis;

namespace {

/// Two classes; transformations: identity and flip.
host::assembly::Assembly assembly_for(const std::string& objective) {
  auto assembly = tests::assembly_of(
      "training.precision = 'fp64'\ndataset.classes = 2\ntransformation.plugin = 'flip'\n"
      "objective.plugin = '" +
      objective + "'");
  const at::NoGradGuard no_grad;
  // Heads that pass the first features through as logits.
  for (auto& [name, tensor] : assembly.network->state()) {
    if (name.starts_with("classifiers.")) tensor.zero_();
  }
  const auto weight = assembly.network->state().at("classifiers.0.weight");
  for (int64_t output = 0; output < weight.size(0); ++output) weight[output][output] = 1;
  return assembly;
}

at::Tensor features_of(const std::vector<std::vector<double>>& logits) {
  auto features = at::zeros({std::ssize(logits), 64}, at::kDouble);
  for (size_t row = 0; row < logits.size(); ++row) {
    const auto columns = std::ssize(logits[row]);
    features[static_cast<int64_t>(row)]
        .slice(0, 0, columns)
        .copy_(at::tensor(logits[row], at::kDouble));
  }
  return features;
}

}  // namespace

TEST_CASE("calibration compares confidence with accuracy, bin by bin", "[training]") {
  const auto assembly = assembly_for("sla");
  Analysis analysis(assembly, {{"single", sla::Views::identity}});
  // Confidences 3/4 (right), 3/4 (wrong) and 9/10 (right); 15 bins: 3/4 in bin 11, 9/10 in bin 13.
  const double ln3 = std::log(3.0);
  const double ln9 = std::log(9.0);
  const auto logits = at::tensor({ln3, 0.0, ln3, 0.0, 0.0, ln9}, at::kDouble).view({3, 2});
  analysis.add(0, logits, {at::tensor({0, 1, 1}, at::kLong)});
  const auto found = analysis.calibration(0);
  REQUIRE(found["bins"].size() == 2);
  CHECK(found["bins"][0][0].get<double>() == Approx(75));
  CHECK(found["bins"][0][1].get<double>() == Approx(50));
  CHECK(found["bins"][0][2] == 2);
  CHECK(found["bins"][1][0].get<double>() == Approx(90));
  CHECK(found["bins"][1][1].get<double>() == Approx(100));
  CHECK(found["bins"][1][2] == 1);
  CHECK(found["error"].get<double>() == Approx((25.0 * 2 + 10.0) / 3));
  CHECK(analysis.first_answers().equal(at::tensor({0, 0, 1}, at::kLong)));
}

TEST_CASE("joint predictions are split by which part is wrong", "[training]") {
  const auto assembly = assembly_for("sla");
  Analysis analysis(assembly, {{"single", sla::Views::identity}});
  // Joint labels (0,0) (0,1) (1,0) (1,1); rows: image 0 original and flipped, then image 1.
  const sla::Batch batch{{}, at::tensor({0, 1}, at::kLong)};
  const auto features = features_of({{5, 0, 0, 0},    // right; given the transformation: class 0
                                     {5, 1, 0, 2},    // wrong transformation; given it: class 1
                                     {5, 0, 1, 0},    // wrong class
                                     {5, 0, 0, 1}});  // both wrong; given the transformation: right
  analysis.add_rows(tests::embedding_of(features, sla::Views::all, batch));
  const auto found = analysis.transformations();
  CHECK(found["names"] == nlohmann::json{"identity", "flip 1"});
  CHECK(found["joint"] == nlohmann::json{{"right", 25.0},
                                         {"transformation_error", 25.0},
                                         {"class_error", 25.0},
                                         {"both_errors", 25.0}});
  CHECK(found["confusion"] == nlohmann::json{{2, 0}, {2, 0}});
  CHECK(found["accuracy"] == nlohmann::json{50.0, 50.0});
}

TEST_CASE("an objective without transformation labels gets accuracies per transformation",
          "[training]") {
  const auto assembly = assembly_for("da");
  Analysis analysis(assembly, {{"single", sla::Views::identity}});
  const sla::Batch batch{{}, at::tensor({0, 1}, at::kLong)};
  const auto features = features_of({{1, 0}, {0, 1}, {0, 1}, {1, 0}});
  analysis.add_rows(tests::embedding_of(features, sla::Views::all, batch));
  const auto found = analysis.transformations();
  CHECK(found["accuracy"] == nlohmann::json{100.0, 0.0});
  CHECK_FALSE(found.contains("joint"));
}

TEST_CASE("mt's two heads are combined into joint logits", "[training]") {
  const auto assembly = assembly_for("mt");
  const auto head = assembly.network->state().at("classifiers.1.weight");
  {
    const at::NoGradGuard no_grad;
    head[0][2] = 1;  // the third feature is the identity's logit, the fourth the flip's
    head[1][3] = 1;
  }
  Analysis analysis(assembly, {{"single", sla::Views::identity}});
  const sla::Batch batch{{}, at::tensor({1}, at::kLong)};
  // Class 1, identity: both right; class 0, identity: both wrong.
  const auto features = features_of({{0, 1, 3, 0}, {1, 0, 2, 0}});
  analysis.add_rows(tests::embedding_of(features, sla::Views::all, batch));
  const auto found = analysis.transformations();
  CHECK(found["joint"] == nlohmann::json{{"right", 50.0},
                                         {"transformation_error", 0.0},
                                         {"class_error", 0.0},
                                         {"both_errors", 50.0}});
  CHECK(found["accuracy"] == nlohmann::json{100.0, 0.0});
}

TEST_CASE("NaN logits count with zero confidence", "[training]") {
  const auto assembly = assembly_for("sla");
  Analysis analysis(assembly, {{"single", sla::Views::identity}});
  analysis.add(0, at::full({2, 2}, std::nan(""), at::kDouble), {at::tensor({0, 1}, at::kLong)});
  const auto found = analysis.calibration(0);
  REQUIRE(found["bins"].size() == 1);
  CHECK(found["bins"][0][0] == 0.0);
  CHECK(found["bins"][0][2] == 2);
}

TEST_CASE("without images there is no calibration", "[training]") {
  const auto assembly = assembly_for("sla");
  const Analysis analysis(assembly, {{"single", sla::Views::identity}});
  CHECK(analysis.calibration(0)["error"].is_null());
  CHECK(analysis.transformations().is_null());
}
