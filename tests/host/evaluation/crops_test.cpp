#include "host/evaluation/crops.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include "host/evaluation/evaluation.h"
#include "tests/catch.h"
#include "tests/support/assemblies.h"

TEST_CASE("ten crops are the centre, the corners, and their mirror images", "[training]") {
  const auto image = at::arange(1, 5, at::kInt).view({1, 1, 2, 2});  // 1 2 / 3 4
  const std::vector<std::vector<int>> expected{
      {1, 2, 3, 4}, {0, 0, 0, 1}, {0, 0, 2, 0}, {0, 3, 0, 0}, {4, 0, 0, 0},
      {2, 1, 4, 3}, {0, 0, 1, 0}, {0, 0, 0, 2}, {3, 0, 0, 0}, {0, 4, 0, 0}};
  for (int64_t number = 0; number < host::evaluation::kTenCrops; ++number) {
    INFO(number);
    CHECK(host::evaluation::crop(image, /*margin=*/1, number)
              .equal(at::tensor(expected.at(number), at::kInt).view({1, 1, 2, 2})));
  }
}

TEST_CASE("ten-crop evaluation scores the mean logits of the crops", "[training]") {
  const std::string experiment =
      "objective.plugin = 'sla'\ntransformation.plugin = 'flip'\nseed = 3\n"
      "training.precision = 'fp64'\nevaluation.ten_crop_margin = 3\n";
  const auto assembly = tests::assembly_of(experiment);
  const auto predictions = host::evaluation::chosen_predictions(assembly);
  const auto found = host::evaluation::evaluate(assembly, sla::Split::test, predictions);

  const at::NoGradGuard no_grad;
  const host::assembly::EvaluationMode mode(*assembly.network);
  const auto sampler = assembly.evaluation_sampler(sla::Split::test);
  const auto batch = assembly.evaluation_loader(sla::Split::test, sampler)->next();
  REQUIRE(batch.labels.numel() == 20);
  const auto& objective = assembly.network->objective();
  const auto targets = objective.targets(batch);
  at::Tensor sum = at::zeros({20, 10}, at::kDouble);
  for (int64_t number = 0; number < 10; ++number) {
    sla::Batch cropped = batch;
    cropped.images = host::evaluation::crop(batch.images, 3, number);
    sum += objective.predict("aggregated", assembly.embed(cropped, sla::Views::all), targets);
  }
  host::evaluation::Score score(10, 1, at::kCPU);
  score.add(0, sum / 10, targets);
  CHECK(found->metrics.at("aggregated.loss") == Approx(score.metrics({}).at("loss")).epsilon(1e-9));
  CHECK(found->metrics.at("aggregated.accuracy") == score.metrics({}).at("accuracy"));
}
