#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

#include <cmath>

#include "host/storage/safetensors.h"
#include "tests/catch.h"
#include "tests/support/assemblies.h"
#include "tests/support/shared_files.h"
#include "tests/support/training_pass.h"

namespace {

using Tensors = std::map<std::string, at::Tensor>;

/// Ten classes of 5000, 2997, ..., 50 images, as in the reference values.
const std::string kReferenceCounts = R"(
training.precision = 'fp64'
[dataset]
plugin = 'long_tail'
source = { plugin = 'synthetic', classes = 10, train = 50_000 }
)";

/// An objective whose head 0 passes on the first elements of the features.
class LongTailBench {
 public:
  explicit LongTailBench(const std::string& objective, const std::string& more = "")
      : assembly_(tests::assembly_of("objective = { plugin = 'imbalanced', " + objective + "}\n" +
                                     more + kReferenceCounts)) {
    const at::NoGradGuard no_grad;
    auto state = assembly_.network->state();
    for (auto& [name, tensor] : state) {
      const bool head = name.starts_with("classifiers.0.") || name.starts_with("classifiers.1.");
      if (head) tensor.zero_();
    }
    auto& weight = state.at("classifiers.0.weight");
    for (int64_t output = 0; output < std::min<int64_t>(64, weight.size(0)); ++output) {
      weight[output][output] = 1;
    }
  }

  sla::Objective& objective() { return *assembly_.network->objective().object(); }
  at::Tensor state(const std::string& name) { return assembly_.network->state().at(name); }

  sla::Loss loss(const at::Tensor& features, const at::Tensor& labels, int64_t epoch = 0) {
    const sla::Batch batch{{}, labels};
    return objective().loss(tests::embedding_of(features, sla::Views::all, batch),
                            tests::phase_at(objective(), epoch * 7, 7));
  }

 private:
  host::assembly::Assembly assembly_;
};

/// Scores as the first elements of features of size 64, with gradient.
at::Tensor features_of(const at::Tensor& scores) {
  auto features = at::zeros({scores.size(0), 64}, at::kDouble);
  features.slice(1, 0, scores.size(1)).copy_(scores);
  return features.requires_grad_();
}

/// The reference values; nullopt if missing.
std::optional<Tensors> reference() {
  const auto file = tests::shared_file("oracle/imbalanced.safetensors");
  if (!file) return std::nullopt;
  return host::storage::read_safetensors(*file).tensors;
}

}  // namespace

TEST_CASE("losses for imbalanced classes match the reference", "[oracle]") {
  const auto oracle = reference();
  if (!oracle) return;
  const auto check = [&](const std::string& objective, const std::string& name, int64_t epoch) {
    INFO(name);
    LongTailBench bench(objective);
    const auto features = features_of(oracle->at("scores"));
    const auto loss = bench.loss(features, oracle->at("labels"), epoch).total();
    CHECK(std::abs(loss.item<double>() - oracle->at(name + ".loss").item<double>()) < 1e-9);
    if (!oracle->contains(name + ".grad")) return;
    loss.backward();
    CHECK(tests::distance(features.grad().slice(1, 0, 10), oracle->at(name + ".grad")) < 1e-9);
  };
  const std::string ldam = "loss = 'ldam', head = 'linear'";
  const std::string drw = ", class_weights = 'class_balanced', weights_from_epoch = 3";
  check("class_weights = 'class_balanced'", "cb_ce", 0);
  check("loss = 'focal', focal_gamma = 1", "focal_g1", 0);
  check(ldam, "ldam", 0);
  check(ldam + ", class_weights = 'class_balanced'", "ldam_cb", 0);
  // Deferred re-weighting: no weights before the epoch, weights from it on.
  check(ldam + drw, "ldam", 2);
  check(ldam + drw, "ldam_cb", 3);

  LongTailBench bench(ldam);
  CHECK(tests::distance(bench.state("classifiers.joint_loss.margins"), oracle->at("margins")) <
        1e-9);
  CHECK(tests::distance(bench.state("classifiers.joint_loss.weights"), oracle->at("cb_weights")) <
        1e-9);
}

TEST_CASE("a joint label has the margin and the weight of its class", "[objectives]") {
  LongTailBench plain("loss = 'ldam'");
  LongTailBench joint("loss = 'ldam'", "transformation.plugin = 'flip'\n");
  for (const std::string buffer : {"margins", "weights"}) {
    const auto of_classes = plain.state("classifiers.joint_loss." + buffer);
    const auto of_labels = joint.state("classifiers.joint_loss." + buffer);
    CHECK(of_labels.equal(of_classes.repeat_interleave(2)));
  }
}

TEST_CASE("class-balanced focal loss weighs each row's focal loss", "[objectives]") {
  LongTailBench bench("loss = 'focal', focal_gamma = 2, class_weights = 'class_balanced'");
  const auto weights = bench.state("classifiers.joint_loss.weights");
  // Equal scores: p = 1/10 in each row, so that the weights cancel out.
  const auto features = features_of(at::zeros({2, 10}, at::kDouble));
  const double even = 0.9 * 0.9 * std::log(10.0);
  CHECK(bench.loss(features, at::tensor({0, 9}, at::kLong)).total().item<double>() ==
        Approx(even).epsilon(1e-12));
  // A score of ln 9 for class 0 makes p = 1/2 in row 0; row 1 is unchanged.
  auto scores = at::zeros({2, 10}, at::kDouble);
  scores[0][0] = std::log(9.0);
  const double w0 = weights[0].item<double>();
  const double w9 = weights[9].item<double>();
  const double expected = (w0 * 0.25 * std::log(2.0) + w9 * even) / (w0 + w9);
  CHECK(bench.loss(features_of(scores), at::tensor({0, 9}, at::kLong)).total().item<double>() ==
        Approx(expected).epsilon(1e-12));
}

TEST_CASE("focal loss has a gradient even if a label is certain", "[objectives]") {
  LongTailBench bench("loss = 'focal', focal_gamma = 0.5");
  auto scores = at::zeros({2, 10}, at::kDouble);
  scores[0][3] = 1000;  // so certain that the loss is exactly 0
  const auto features = features_of(scores);
  bench.loss(features, at::tensor({3, 3}, at::kLong)).total().backward();
  CHECK(features.grad().isfinite().all().item<bool>());
  CHECK(features.grad()[0].abs().max().item<double>() == 0);
  CHECK(features.grad()[1].abs().max().item<double>() > 0.01);
}

TEST_CASE("joint labels give single, aggregated and distilled predictions", "[objectives]") {
  LongTailBench bench("component = 'imbalanced_sd', loss = 'ldam', head = 'linear', scale = 2",
                      "transformation.plugin = 'flip'\n");
  // Feature k is the score of joint label k = 2c + j; head 1 outputs feature 40 + c.
  {
    const at::NoGradGuard no_grad;
    auto head = bench.state("classifiers.1.weight");
    for (int64_t c = 0; c < 10; ++c) head[c][40 + c] = 1;
  }
  auto features = at::zeros({2, 64}, at::kDouble);
  features[0][6] = 0.5;   // t_0 of the image at (3, 0)
  features[0][7] = 9;     // at (3, 1): not used for t_0
  features[1][7] = 0.25;  // t_1 of the image at (3, 1)
  features[1][6] = 9;
  features[0][44] = 0.125;
  features[1][45] = 9;  // head 1 sees only t_0
  const sla::Batch batch{{}, at::tensor({3}, at::kLong)};
  const auto predicted = [&](const char* name) {
    const auto embedding = tests::embedding_of(features, sla::Views::all, batch);
    return bench.objective().predict(name, embedding).detach();
  };
  const auto only = [](int64_t c, double logit) {
    auto logits = at::zeros({1, 10}, at::kDouble);
    logits[0][c] = logit;
    return logits;
  };
  CHECK(tests::distance(predicted("single"), only(3, 2 * 0.5)) < 1e-12);
  CHECK(tests::distance(predicted("aggregated"), only(3, 2 * (0.5 + 0.25) / 2)) < 1e-12);
  CHECK(tests::distance(predicted("distilled"), only(4, 2 * 0.125)) < 1e-12);
}

TEST_CASE("LDAM's head gives cosines and its predictions are scaled by s", "[objectives]") {
  LongTailBench bench("loss = 'ldam', scale = 30");
  // Rows of head 0 are unit vectors: the cosine with class c is feature c over the feature's norm.
  auto features = at::zeros({1, 64}, at::kDouble);
  features[0][2] = 3;
  features[0][5] = -4;
  const sla::Batch batch{{}, at::tensor({0}, at::kLong)};
  const auto logits = bench.objective().predict(
      "single", tests::embedding_of(features, sla::Views::identity, batch));
  auto expected = at::zeros({1, 10}, at::kDouble);
  expected[0][2] = 30 * 0.6;
  expected[0][5] = 30 * -0.8;
  CHECK(tests::distance(logits.detach(), expected) < 1e-12);
}

TEST_CASE("imbalanced_sd adds the class loss and the divergence of its second head",
          "[objectives]") {
  LongTailBench bench("component = 'imbalanced_sd', loss = 'ldam', head = 'linear', scale = 2",
                      "transformation.plugin = 'flip'\n");
  const auto margins = bench.state("classifiers.class_loss.margins");
  // Head 1 outputs zeros: its logits are -2 times the margin for the true class 3, 0 for the
  // others.
  auto scores = at::zeros({2, 20}, at::kDouble);
  scores[0][6] = 0.7;  // joint label (3, 0)
  scores[1][7] = 0.4;  // joint label (3, 1)
  const auto loss = bench.loss(features_of(scores), at::tensor({3}, at::kLong));
  std::map<std::string, double> parts;
  for (const auto& term : loss.terms) parts[term.name] = term.mean.item<double>();

  const double margin = margins[3].item<double>();
  const auto cross_entropy = [](double right, double others) {
    return std::log(std::exp(right) + others) - right;
  };
  const double joint =
      (cross_entropy(2 * (0.7 - margin), 19) + cross_entropy(2 * (0.4 - margin), 19)) / 2;
  CHECK(parts.at("joint") == Approx(joint).epsilon(1e-12));
  CHECK(parts.at("class") == Approx(cross_entropy(-2 * margin, 9)).epsilon(1e-12));
  // The teacher's logits: 2 (0.7 + 0.4) / 2 for class 3; the student is uniform.
  const double right = std::exp(1.1) / (std::exp(1.1) + 9);
  const double other = 1 / (std::exp(1.1) + 9);
  const double divergence = right * std::log(right * 10) + 9 * other * std::log(other * 10);
  CHECK(parts.at("distillation") == Approx(divergence).epsilon(1e-12));
  CHECK(loss.total().item<double>() ==
        Approx(parts.at("joint") + parts.at("class") + divergence).epsilon(1e-12));
}

TEST_CASE("gradients of every imbalanced loss match finite differences", "[objectives]") {
  const std::string loss = GENERATE("cross_entropy", "focal", "ldam");
  const std::string component = GENERATE("imbalanced", "imbalanced_sd");
  at::manual_seed(3);
  const auto assembly = tests::assembly_of(
      "objective = { plugin = 'imbalanced', component = '" + component + "', loss = '" + loss +
      "', class_weights = 'class_balanced', focal_gamma = 1.5 }\n"
      "transformation.plugin = 'flip'\n" +
      kReferenceCounts);
  auto& objective = *assembly.network->objective().object();
  const sla::Batch batch{{}, at::tensor({2, 8}, at::kLong)};
  // Without the distillation: its teacher gets no gradient, but finite differences would show one.
  const auto value = [&](const at::Tensor& features) {
    const auto loss = objective.loss(tests::embedding_of(features, sla::Views::all, batch),
                                     tests::phase_at(objective, 0));
    return component == "imbalanced" ? loss.total() : loss.terms[0].mean + loss.terms[1].mean;
  };
  const auto features = at::rand({4, 64}, at::kDouble).requires_grad_();
  value(features).backward();
  const at::NoGradGuard no_grad;
  const auto direction = at::rand({4, 64}, at::kDouble) - 0.5;
  const double step = 1e-6;
  const auto difference =
      (value(features + step * direction) - value(features - step * direction)) / (2 * step);
  CHECK((features.grad() * direction).sum().item<double>() ==
        Approx(difference.item<double>()).epsilon(1e-6));
}
