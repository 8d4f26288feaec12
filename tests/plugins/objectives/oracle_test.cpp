#include <ATen/core/grad_mode.h>

#include "host/storage/safetensors.h"
#include "host/training/step.h"
#include "tests/catch.h"
#include "tests/support/assemblies.h"
#include "tests/support/shared_files.h"
#include "tests/support/training_pass.h"

namespace {

using Tensors = std::map<std::string, at::Tensor>;

constexpr double kTolerance = 1e-9;

/// One of the reference runs: three SGD steps from a given state, then an evaluation.
struct ReferenceRun {
  const char* file;
  const char* experiment;
  /// The reference's name of each prediction's logits.
  std::vector<std::pair<const char*, const char*>> predictions;
};

const std::vector<ReferenceRun> kReferenceRuns{
    {"baseline", "objective.plugin = 'baseline'", {{"single", "test.y_pred"}}},
    {"sla_rotation",
     "objective.plugin = 'sla'\ntransformation.plugin = 'rotation'",
     {{"single", "test.single_preds"}, {"aggregated", "test.agg_preds"}}},
    {"sla_color_perm",
     "objective.plugin = 'sla'\ntransformation.plugin = 'color_perm'",
     {{"single", "test.single_preds"}, {"aggregated", "test.agg_preds"}}},
    {"sla_rot_color_perm12_sum",
     "objective = { plugin = 'sla', sum_over_transformations = true }\n"
     "transformation = [{ plugin = 'rotation' },"
     "                  { plugin = 'color_perm', component = 'color_perm3' }]",
     {{"single", "test.single_preds"}, {"aggregated", "test.agg_preds"}}},
    {"sla_sd_rotation",
     "objective.plugin = 'sla_sd'\ntransformation.plugin = 'rotation'",
     {{"distilled", "test.single_preds"}, {"aggregated", "test.agg_preds"}}},
};

Tensors with_prefix(const std::string& prefix, const Tensors& all) {
  Tensors chosen;
  for (const auto& [name, tensor] : all) {
    if (!name.starts_with(prefix)) continue;
    // The reference files hold scalars as [1].
    const bool counter = name.ends_with("num_batches_tracked");
    chosen[name.substr(prefix.size())] = counter ? tensor.squeeze() : tensor;
  }
  REQUIRE(!chosen.empty());
  return chosen;
}

sla::Batch batch(const Tensors& inputs, const std::string& number) {
  return {inputs.at("images." + number), inputs.at("labels." + number)};
}

/// Norms of the gradients of the first batch's loss, without an update.
void check_gradient_norms(const host::assembly::Assembly& assembly, sla::Batch batch,
                          const Tensors& expected) {
  auto& network = *assembly.network;
  Tensors buffers;
  for (const auto& buffer : network.named_buffers()) buffers[buffer.key()] = buffer.value().clone();

  const auto& objective = network.objective();
  const auto embedding = assembly.embed(batch, objective.needs().views);
  objective.loss(embedding, tests::phase_at(*objective.object(), 0)).total().backward();
  for (auto& parameter : network.named_parameters()) {
    INFO(parameter.key());
    auto& gradient = parameter.value().mutable_grad();
    CHECK(tests::distance(gradient.norm().view(1), expected.at(parameter.key())) < kTolerance);
    gradient.reset();
  }
  // Restore the running statistics: the steps that follow update them with this batch again.
  for (auto& buffer : network.named_buffers()) buffer.value().copy_(buffers.at(buffer.key()));
}

}  // namespace

TEST_CASE("three steps and an evaluation match the reference", "[oracle]") {
  const auto inputs_file = tests::shared_file("oracle/inputs.safetensors");
  if (!inputs_file) return;
  const Tensors inputs = host::storage::read_safetensors(*inputs_file).tensors;

  for (const ReferenceRun& reference : kReferenceRuns) {
    INFO(reference.file);
    const auto file = tests::shared_file(std::string("oracle/") + reference.file + ".safetensors");
    if (!file) return;
    const Tensors oracle = host::storage::read_safetensors(*file).tensors;
    const auto assembly = tests::assembly_of(
        std::string("training.precision = 'fp64'\nnormalisation = { mean = 0, std = 1 }\n"
                    "optimizer = { name = 'sgd', learning_rate = 0.01, momentum = 0.9,"
                    "              weight_decay = 1e-4 }\n") +
        reference.experiment);
    auto& network = *assembly.network;
    network.load_state(with_prefix("init.", oracle), reference.file);
    network.train();

    check_gradient_norms(assembly, batch(inputs, "0"), with_prefix("gradnorm0.", oracle));

    host::training::Step step(assembly, /*iterations_per_epoch=*/1);
    for (int64_t i = 0; i < 3; ++i) {
      const double loss = step(i, batch(inputs, std::to_string(i))).total.item<double>();
      CHECK(std::abs(loss - oracle.at("train.losses")[i].item<double>()) < kTolerance);
    }
    const Tensors state = network.state();
    for (const auto& [name, expected] : with_prefix("final.", oracle)) {
      INFO(name);
      CHECK(tests::distance(state.at(name).detach(), expected) < kTolerance);
    }
    for (const auto& [name, expected] : with_prefix("finalnorm.", oracle)) {
      INFO(name);
      const auto norm = state.at(name).detach().to(at::kDouble).norm().view(1);
      CHECK(tests::distance(norm, expected) < kTolerance);
    }

    network.eval();
    const at::NoGradGuard no_grad;
    const sla::Batch test{inputs.at("test.images"), inputs.at("test.labels")};
    const auto embedding = assembly.embed(test, sla::Views::all);
    for (const auto& [prediction, name] : reference.predictions) {
      INFO(prediction);
      const auto logits = network.objective().object()->predict(prediction, embedding);
      CHECK(tests::distance(logits, oracle.at(name)) < kTolerance);
    }
  }
}
