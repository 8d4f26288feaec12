#include <ATen/core/grad_mode.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>

#include <sla/episode.h>

#include "host/storage/safetensors.h"
#include "tests/catch.h"
#include "tests/support/assemblies.h"
#include "tests/support/shared_files.h"
#include "tests/support/training_pass.h"

namespace {

using Tensors = std::map<std::string, at::Tensor>;

host::assembly::Assembly assembly_with(const std::string& component, const std::string& more = "") {
  return tests::assembly_of("training.precision = 'fp64'\nobjective = { plugin = 'few_shot', " +
                            more + " component = '" + component + "' }\n" +
                            (more.empty() ? "" : "transformation.plugin = 'flip'\n"));
}

/// A batch without images that has an episode's layout.
sla::Batch batch_of(const sla::EpisodeLayout& layout) {
  return {.images = {}, .labels = at::arange(layout.images(), at::kLong), .episodes = layout};
}

/// The rows of an episode in layout order: for each class its supports, then `query` of the
/// queries.
at::Tensor episode_rows(const at::Tensor& support, const at::Tensor& labels,
                        const at::Tensor& query, const sla::EpisodeLayout& layout) {
  std::vector<at::Tensor> rows;
  for (int64_t c = 0; c < layout.way; ++c) {
    rows.push_back(support.index_select(0, labels.eq(c).nonzero().squeeze(1)));
    rows.push_back(query.narrow(0, c * layout.query, layout.query));
  }
  return at::cat(rows);
}

}  // namespace

TEST_CASE("few-shot heads and their gradients match the reference", "[oracle]") {
  const auto file = tests::shared_file("oracle/few_shot_heads.safetensors");
  if (!file) return;
  const Tensors oracle = host::storage::read_safetensors(*file).tensors;
  const auto [component, name] = GENERATE(std::pair("prototypical", "prototype"),
                                          std::pair("ridge", "ridge"), std::pair("svm", "svm_cs"));
  const auto assembly = assembly_with(component);
  auto& objective = *assembly.network->objective().object();
  for (const int64_t shot : {1, 5}) {
    const std::string prefix = std::to_string(shot) + "shot.";
    INFO(prefix << name);
    const sla::EpisodeLayout layout{.episodes = 1, .way = 5, .shot = shot, .query = 3};
    const sla::Batch batch = batch_of(layout);
    const auto support = oracle.at(prefix + "support").clone().requires_grad_();
    const auto rows = episode_rows(support, oracle.at(prefix + "support_labels"),
                                   oracle.at(prefix + "query"), layout);
    const auto logits =
        objective.predict("single", tests::embedding_of(rows, sla::Views::identity, batch));
    CHECK(tests::distance(logits.detach(), oracle.at(prefix + name + ".logits")) < 1e-9);
    (logits * oracle.at(prefix + "cotangent")).sum().backward();
    CHECK(tests::distance(support.grad(), oracle.at(prefix + name + ".support_grad")) < 1e-5);
  }
}

TEST_CASE("R2D2's logits are half of ridge regression's", "[oracle]") {
  const auto file = tests::shared_file("oracle/few_shot_heads.safetensors");
  if (!file) return;
  const Tensors oracle = host::storage::read_safetensors(*file).tensors;
  const sla::EpisodeLayout layout{.episodes = 1, .way = 5, .shot = 5, .query = 3};
  const sla::Batch batch = batch_of(layout);
  const auto rows = episode_rows(oracle.at("5shot.support"), oracle.at("5shot.support_labels"),
                                 oracle.at("5shot.query"), layout);
  const auto assembly = assembly_with("ridge");
  const auto logits = assembly.network->objective().object()->predict(
      "single", tests::embedding_of(rows, sla::Views::identity, batch));
  CHECK(tests::distance(logits.detach() / 2, oracle.at("5shot.r2d2.logits")) < 1e-9);
}

TEST_CASE("episodes of a batch are independent", "[objectives]") {
  const std::string component = GENERATE("prototypical", "ridge", "svm");
  at::manual_seed(1);
  const auto assembly = assembly_with(component);
  auto& objective = *assembly.network->objective().object();
  const sla::EpisodeLayout one{.episodes = 1, .way = 3, .shot = 2, .query = 4};
  sla::EpisodeLayout two = one;
  two.episodes = 2;
  const auto features = at::randn({two.images(), 10}, at::kDouble);
  const auto logits = [&](const at::Tensor& rows, const sla::Batch& batch) {
    return objective.predict("single", tests::embedding_of(rows, sla::Views::identity, batch))
        .detach();
  };
  const auto together = logits(features, batch_of(two));
  const auto first = logits(features.narrow(0, 0, one.images()), batch_of(one));
  const auto second = logits(features.narrow(0, one.images(), one.images()), batch_of(one));
  CHECK(tests::distance(together, at::cat({first, second})) < 1e-9);
  // Each query is scored among the three classes of its own episode.
  const auto targets = objective.targets(batch_of(two));
  CHECK(targets.trials == 2);
  CHECK(targets.labels.equal(at::tensor(
      {0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2}, at::kLong)));
}

TEST_CASE("SLA makes each (class, transformation) a class", "[objectives]") {
  // One class axis and one transformation axis, supports at the corners of a square: the joint
  // class (c, j) has its prototype at (2c, j).
  const auto assembly = assembly_with("prototypical", "label_smoothing = 0.1,");
  auto& objective = *assembly.network->objective().object();
  const sla::EpisodeLayout layout{.episodes = 1, .way = 2, .shot = 1, .query = 1};
  const sla::Batch batch = batch_of(layout);
  const auto rows = at::tensor({0., 0., 0., 1.,     // support of class 0 under t_0, t_1
                                0.1, 0., 0.2, 1.,   // its query
                                2., 0., 2., 1.,     // support of class 1
                                1.9, 0., 1.5, 1.},  // its query
                               at::kDouble)
                        .view({8, 2});
  const auto logit = [](double x, double y, double px, double py) {
    return -((x - px) * (x - px) + (y - py) * (y - py)) / 2;
  };
  const auto queries = at::tensor({0.1, 0., 0.2, 1., 1.9, 0., 1.5, 1.}, at::kDouble).view({4, 2});
  // Joint logits of each query row against (c, j), by hand.
  std::vector<double> joint;
  for (int64_t row = 0; row < 4; ++row) {
    for (const double c : {0., 1.}) {
      for (const double j : {0., 1.}) {
        joint.push_back(
            logit(queries[row][0].item<double>(), queries[row][1].item<double>(), 2 * c, j));
      }
    }
  }
  const auto joint_logits = at::tensor(joint, at::kDouble).view({4, 4});
  // Aggregated: for image b the mean over j of row (b, j) at (c, j).
  std::vector<double> aggregated;
  for (int64_t b = 0; b < 2; ++b) {
    for (int64_t c = 0; c < 2; ++c) {
      aggregated.push_back((joint_logits[2 * b][2 * c].item<double>() +
                            joint_logits[2 * b + 1][2 * c + 1].item<double>()) /
                           2);
    }
  }
  const auto all = tests::embedding_of(rows, sla::Views::all, batch);
  CHECK(tests::distance(objective.predict("aggregated", all).detach(),
                        at::tensor(aggregated, at::kDouble).view({2, 2})) < 1e-12);
  // Single: only untransformed supports and queries.
  const auto single = at::tensor({logit(0.1, 0, 0, 0), logit(0.1, 0, 2, 0), logit(1.9, 0, 0, 0),
                                  logit(1.9, 0, 2, 0)},
                                 at::kDouble)
                          .view({2, 2});
  CHECK(tests::distance(objective.predict("single", all).detach(), single) < 1e-12);
  // The loss: 0.9 of each label on its joint class 2c + j, 0.1 spread over the three others.
  const auto log_probabilities = at::log_softmax(joint_logits, 1);
  double expected = 0;
  for (int64_t row = 0; row < 4; ++row) {
    for (int64_t k = 0; k < 4; ++k) {
      expected -= (k == row ? 0.9 : 0.1 / 3) * log_probabilities[row][k].item<double>() / 4;
    }
  }
  CHECK(objective.loss(all, tests::phase_at(objective, 0)).total().item<double>() ==
        Approx(expected).epsilon(1e-12));
}

TEST_CASE("gradients of every few-shot head match finite differences", "[objectives]") {
  const std::string component = GENERATE("prototypical", "ridge", "svm");
  at::manual_seed(5);
  const auto assembly = assembly_with(component, "label_smoothing = 0.1,");
  auto& objective = *assembly.network->objective().object();
  const sla::EpisodeLayout layout{.episodes = 2, .way = 3, .shot = 2, .query = 2};
  const sla::Batch batch = batch_of(layout);
  const auto value = [&](const at::Tensor& features) {
    return objective
        .loss(tests::embedding_of(features, sla::Views::all, batch), tests::phase_at(objective, 0))
        .total();
  };
  // Two transformations of each image: support and query of both episodes.
  const auto features = at::randn({layout.images() * 2, 7}, at::kDouble).requires_grad_();
  value(features).backward();
  const auto scale = assembly.network->state().at("classifiers.scale");
  CHECK(scale.grad().abs().item<double>() > 1e-6);

  const at::NoGradGuard no_grad;
  for (int i = 0; i < 5; ++i) {
    const auto direction = at::randn(features.sizes(), at::kDouble);
    const double step = 1e-5;
    const auto difference =
        (value(features + step * direction) - value(features - step * direction)) / (2 * step);
    CHECK((features.grad() * direction).sum().item<double>() ==
          Approx(difference.item<double>()).epsilon(1e-5).margin(1e-8));
  }
}

TEST_CASE("heads agree in float32 and float64", "[objectives]") {
  const std::string component = GENERATE("prototypical", "ridge", "svm");
  at::manual_seed(7);
  const sla::EpisodeLayout layout{.episodes = 2, .way = 5, .shot = 5, .query = 3};
  const sla::Batch batch = batch_of(layout);
  // Like ResNet-12's features: not normalised, many.
  const auto features = at::randn({layout.images(), 2560}, at::kDouble).relu();
  const auto logits = [&](at::ScalarType type) {
    const auto assembly = tests::assembly_of(
        "training.precision = '" + std::string(type == at::kDouble ? "fp64" : "fp32") +
        "'\nobjective = { plugin = 'few_shot', component = '" + component + "' }\n");
    const auto rows = features.detach().clone().to(type).requires_grad_();
    const auto result = assembly.network->objective().object()->predict(
        "single", tests::embedding_of(rows, sla::Views::identity, batch));
    result.square().sum().backward();
    return std::pair(result.detach().to(at::kDouble), rows.grad().to(at::kDouble));
  };
  const auto [wide, wide_gradient] = logits(at::kDouble);
  const auto [narrow, narrow_gradient] = logits(at::kFloat);
  CHECK(tests::distance(wide, narrow) < 1e-4 * wide.abs().max().item<double>());
  CHECK(tests::distance(wide_gradient, narrow_gradient) <
        1e-3 * wide_gradient.abs().max().item<double>());
}

TEST_CASE("pre-training covers the training classes and scores by prototypes", "[objectives]") {
  const auto assembly = tests::assembly_of(R"(
training.precision = 'fp64'
objective = { plugin = 'few_shot', component = 'pretrained' }
[dataset]
plugin = 'episodes'
train_on = 'images'
evaluation_way = 2
evaluation_shot = 1
evaluation_query = 1
validation_classes = ['stripes1', 'stripes3']
test_classes = ['stripes0', 'stripes4']
source = { plugin = 'synthetic', classes = 7, train = 70 }
)");
  CHECK(assembly.network->state().at("classifiers.0.weight").size(0) == 3);
  // Its loss accepts ordinary batches; an episode needs a layout.
  const sla::Batch ordinary{{}, at::tensor({0, 2}, at::kLong)};
  auto& objective = *assembly.network->objective().object();
  const auto features = at::randn({2, 64}, at::kDouble);
  CHECK(objective
            .loss(tests::embedding_of(features, sla::Views::all, ordinary),
                  tests::phase_at(objective, 0))
            .total()
            .item<double>() > 0);
  CHECK_THROWS_WITH(
      objective.predict("single", tests::embedding_of(features, sla::Views::all, ordinary)),
      ContainsSubstring("the batch holds no few-shot episodes"));
}
