#include "host/evaluation/score.h"

#include <ATen/ops/one_hot.h>
#include <ATen/ops/tensor.h>

#include <cmath>

#include "tests/catch.h"

using host::evaluation::Score;

namespace {

/// Logits that predict these classes, out of `classes` classes.
at::Tensor predicting(const std::vector<int64_t>& predicted, int64_t classes) {
  return at::one_hot(at::tensor(predicted, at::kLong), classes).to(at::kDouble) * 10;
}

at::Tensor labels(const std::vector<int64_t>& values) { return at::tensor(values, at::kLong); }

}  // namespace

TEST_CASE("accuracy is computed per class, balanced, and per group", "[training]") {
  Score score(4, 2, at::kCPU);
  // Class 0: 3 of 4 right, class 1: 1 of 2, class 2: 0 of 1, class 3: no image.
  score.add(0, predicting({0, 0, 0, 1}, 4), {labels({0, 0, 0, 0})});
  score.add(1, predicting({1, 2, 0}, 4), {labels({1, 1, 2})});
  const auto metrics = score.metrics({{"many", {0}}, {"few", {1, 2, 3}}, {"unseen", {3}}});
  CHECK(metrics.at("accuracy") == Approx(100 * 4.0 / 7));
  CHECK(metrics.at("balanced_accuracy") == Approx(100 * (0.75 + 0.5 + 0) / 3));
  CHECK(metrics.at("many_accuracy") == Approx(75));
  CHECK(metrics.at("few_accuracy") == Approx(25));
  CHECK(std::isnan(metrics.at("unseen_accuracy")));
  CHECK(!metrics.contains("accuracy_ci95"));
  CHECK(score.confusion().equal(
      at::tensor({3, 1, 0, 0, 0, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0}, at::kLong).view({4, 4})));
}

TEST_CASE("trials give a mean accuracy and its confidence interval", "[training]") {
  Score score(100, 2, at::kCPU);
  // Trials of two queries among two classes: 100 %, 50 % in one batch, 0 %, 50 % in the next.
  score.add(0, predicting({0, 1, 0, 0}, 2), {labels({0, 1, 0, 1}), /*trials=*/2});
  score.add(1, predicting({1, 0, 1, 1}, 2), {labels({0, 1, 0, 1}), /*trials=*/2});
  const auto metrics = score.metrics({{"many", {0}}});
  CHECK(metrics.at("accuracy") == Approx(50));
  // Sample variance (2500 + 0 + 2500 + 0) / 3.
  CHECK(metrics.at("accuracy_ci95") == Approx(1.96 * std::sqrt(5000.0 / 3) / 2));
  CHECK(!metrics.contains("balanced_accuracy"));
  CHECK(!metrics.contains("many_accuracy"));
  CHECK(!score.confusion().defined());
}

TEST_CASE("a single trial has no confidence interval", "[training]") {
  Score score(100, 2, at::kCPU);
  score.add(0, predicting({0, 1}, 5), {labels({0, 2}), 1});
  const auto metrics = score.metrics({});
  CHECK(metrics.at("accuracy") == Approx(50));
  CHECK(!metrics.contains("accuracy_ci95"));
}

TEST_CASE("the loss is the mean cross-entropy, and top-5 counts five guesses", "[training]") {
  Score score(8, 2, at::kCPU);
  const auto logits = at::tensor({7., 6., 5., 4., 3., 2., 1., 0.}, at::kDouble).view({1, 8});
  score.add(0, logits, {labels({4})});
  score.add(1, logits, {labels({5})});
  double sum = 0;
  for (int i = 0; i < 8; ++i) sum += std::exp(-i);
  const auto metrics = score.metrics({});
  CHECK(metrics.at("top5_accuracy") == Approx(50));
  CHECK(metrics.at("loss") == Approx((4 + 5) / 2.0 + std::log(sum)));
  CHECK(Score(8, 1, at::kCPU).metrics({}).empty());
}
