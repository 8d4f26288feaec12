#include "host/training/step.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/tensor.h>

#include <cmath>

#include "host/training/loss_window.h"
#include "tests/catch.h"
#include "tests/support/assemblies.h"

namespace {

const std::string kWitness = "plugin = '" SLA_FIXTURES "/sdk3.so', component = 'witness'";
const std::string kMix =
    "augmentation = { plugin = '" SLA_FIXTURES "/sdk3.so', component = 'mix_neighbours' }\n";

host::assembly::Assembly witness(const std::string& parameters, const std::string& more = "") {
  auto assembly = tests::assembly_of("training.precision = 'fp64'\nobjective = { " + kWitness +
                                     parameters + " }\n" + more);
  assembly.network->train();
  return assembly;
}

sla::Loss first_loss(const host::assembly::Assembly& assembly, int64_t iteration = 0) {
  const auto sampler = assembly.training_sampler();
  host::training::Step step(assembly, sampler->batches_per_pass());
  return step(iteration, assembly.training_loader(sampler, 0, 1)->next()).loss;
}

double logged(const sla::Loss& loss, const std::string& name) {
  return loss.logged.at(name).item<double>();
}

}  // namespace

TEST_CASE("an objective gets as many copies of each image as it requests", "[training]") {
  const auto assembly = witness(", copies = 3", "augmentation.plugin = 'random_crop'\n");
  const auto batch = assembly.training_loader(assembly.training_sampler(), 0, 1)->next();
  CHECK(batch.labels.numel() == 8 * 3);
  const auto labels = batch.labels.view({8, 3});
  CHECK(labels.eq(labels.select(1, 0).unsqueeze(1)).all().item<bool>());
  // The same image, augmented differently for each copy.
  const auto plain =
      witness(", copies = 3").training_loader(assembly.training_sampler(), 0, 1)->next();
  const auto images = plain.images.view({8, 3, 3, 32, 32});
  CHECK(images.eq(images.select(1, 0).unsqueeze(1)).all().item<bool>());
  CHECK_FALSE(batch.images[0].equal(batch.images[1]));
  const auto loss = first_loss(assembly);
  CHECK(logged(loss, "copies") == 3);
  CHECK(logged(loss, "rows") == 24);
  CHECK(logged(loss, "images") == 24);
}

TEST_CASE("feature maps are computed only on request", "[training]") {
  CHECK(logged(first_loss(witness(", maps = false")), "maps") == 0);
  CHECK(logged(first_loss(witness(", maps = true")), "maps") == 3);
  const auto assembly = witness(", maps = true");
  const auto batch = assembly.training_loader(assembly.training_sampler(), 0, 1)->next();
  const auto embedding = assembly.embed(batch, sla::Views::identity);
  // cresnet: the features are the means of the last map.
  const auto means = embedding.feature_maps.back().mean({2, 3});
  CHECK(tests::distance(means.detach(), embedding.features.detach()) < 1e-12);
  CHECK(embedding.feature_maps[0].sizes() == at::IntArrayRef({8, 16, 32, 32}));
  CHECK(embedding.inputs.sizes() == at::IntArrayRef({8, 3, 32, 32}));
  CHECK(embedding.batch.images.equal(batch.images));
}

TEST_CASE("the loss gets the current phase", "[training]") {
  for (const int64_t iteration : {0, 1}) {
    CHECK_FALSE(first_loss(witness(""), iteration).logged.contains("late"));
  }
  for (const int64_t iteration : {2, 5}) {
    CHECK(first_loss(witness(""), iteration).logged.contains("late"));
  }
}

TEST_CASE("mixed labels weight the losses of both labels by their shares", "[training]") {
  const auto mixed = witness("", kMix);
  const auto batch = mixed.training_loader(mixed.training_sampler(), 0, 1)->next();
  REQUIRE(batch.mixed);
  CHECK(batch.mixed->labels.equal(batch.labels.roll(-1)));
  const auto loss = first_loss(mixed);
  // The same weighting, computed by hand.
  const auto again = witness("", kMix);
  const at::NoGradGuard no_grad;
  const auto embedding = again.embed(batch, sla::Views::identity);
  const auto state = again.network->state();
  const auto logits = embedding.features.matmul(state.at("classifiers.0.weight").t()) +
                      state.at("classifiers.0.bias");
  const double own = at::cross_entropy_loss(logits, batch.labels).item<double>();
  const double other = at::cross_entropy_loss(logits, batch.labels.roll(-1)).item<double>();
  CHECK(loss.terms.at(0).mean.item<double>() == Approx(0.75 * own + 0.25 * other).epsilon(1e-12));
  CHECK(loss.terms.at(0).weight.item<double>() == Approx(3));
}

TEST_CASE("every objective either supports mixed labels or is rejected", "[training]") {
  for (const std::string objective : {"baseline", "da", "mt", "sla", "sla_sd", "imbalanced"}) {
    INFO(objective);
    const auto assembly = tests::assembly_of("objective.plugin = '" + objective +
                                             "'\ntransformation.plugin = 'flip'\n" + kMix);
    assembly.network->train();
    CHECK(std::isfinite(first_loss(assembly).total().item<double>()));
  }
  CHECK_THROWS_WITH(
      tests::assembly_of("objective = { plugin = 'few_shot', component = 'ridge' }\n" + kMix),
      ContainsSubstring("mixes labels, which objective 'ridge' cannot take"));
}

TEST_CASE("log means are over the iterations that reported a value", "[training]") {
  host::training::LossWindow window;
  const auto number = [](double value) { return at::tensor(value, at::kDouble); };
  sla::Loss first{{"class", number(1)}};
  sla::Loss second{{"class", number(3)}, {"extra", number(5)}};
  second.logged["margin"] = number(7);
  window.add(first, first.total());
  window.add(second, second.total());
  host::training::LossWindow resumed;
  resumed.restore(window.state());
  for (auto* each : {&window, &resumed}) {
    const auto means = each->take();
    CHECK(means.at("loss") == 4.5);
    CHECK(means.at("loss.class") == 2);
    CHECK(means.at("loss.extra") == 5);
    CHECK(means.at("margin") == 7);
  }
  CHECK(std::isnan(window.take().at("loss")));
}
