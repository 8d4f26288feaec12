#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/tensor.h>

#include "host/base/errors.h"
#include "host/storage/checkpoint.h"
#include "host/training/optimizer.h"
#include "host/training/step.h"
#include "host/training/trainer.h"
#include "host/training/weight_average.h"
#include "tests/catch.h"
#include "tests/support/assemblies.h"
#include "tests/support/scratch_folder.h"

namespace {

using State = std::map<std::string, at::Tensor>;

State copy_of(const State& state) {
  State copy;
  for (const auto& [name, tensor] : state) copy[name] = tensor.detach().clone();
  return copy;
}

/// A network's state after one step in float64.
State after_step(const std::string& more) {
  const auto assembly = tests::assembly_of(
      "objective.plugin = 'baseline'\ntraining.precision = 'fp64'\n"
      "optimizer.learning_rate = 0.1\n" +
      more);
  assembly.network->train();
  const auto sampler = assembly.training_sampler();
  host::training::Step step(assembly, sampler->batches_per_pass());
  step(0, assembly.training_loader(sampler, 0, 1)->next());
  return copy_of(assembly.network->state());
}

State initial_state() {
  return copy_of(tests::assembly_of("objective.plugin = 'baseline'\ntraining.precision = 'fp64'\n")
                     .network->state());
}

bool is_statistic(const std::string& name) { return name.find("running_") != std::string::npos; }

}  // namespace

TEST_CASE("weight decay can spare norms and biases", "[training]") {
  const auto none = after_step("");
  const auto all = after_step("optimizer.weight_decay = 0.5\n");
  const auto spared =
      after_step("optimizer.weight_decay = 0.5\noptimizer.decay_norms_and_biases = false\n");
  int decayed = 0;
  for (const auto& [name, tensor] : spared) {
    INFO(name);
    if (!tensor.is_floating_point()) continue;
    CHECK(tensor.equal(tensor.dim() > 1 ? all.at(name) : none.at(name)));
    decayed += all.at(name).equal(none.at(name)) ? 0 : 1;
  }
  CHECK(decayed > 30);
}

TEST_CASE("a parameter group has its own learning rate and weight decay", "[training]") {
  const std::string decay = "optimizer.weight_decay = 0.5\n";
  const auto before = initial_state();
  const auto plain = after_step(decay);
  const auto grouped =
      after_step(decay +
                 "[[parameter_group]]\npattern = 'base_model.*'\nlearning_rate_factor = 0.25\n"
                 "[[parameter_group]]\npattern = 'base_model.0.*'\nweight_decay_factor = 0\n");
  const auto undecayed = after_step("");
  for (const auto& [name, start] : before) {
    INFO(name);
    if (!start.is_floating_point() || is_statistic(name)) continue;
    // The last group that matches counts alone.
    const auto expected = name.starts_with("base_model.0.") ? undecayed.at(name) - start
                          : name.starts_with("base_model.") ? (plain.at(name) - start) * 0.25
                                                            : plain.at(name) - start;
    CHECK(tests::distance(grouped.at(name) - start, expected) < 1e-15);
  }
}

TEST_CASE("frozen modules keep parameters and statistics", "[training]") {
  const auto before = initial_state();
  const auto after =
      after_step("[[parameter_group]]\npattern = 'base_model.[013].*'\nfrozen = true\n");
  for (const auto& [name, tensor] : after) {
    INFO(name);
    if (!tensor.is_floating_point()) continue;
    const bool frozen = name.starts_with("base_model.0.") || name.starts_with("base_model.1.") ||
                        name.starts_with("base_model.3.");
    CHECK(tensor.equal(before.at(name)) == frozen);
  }
}

TEST_CASE("parameter groups that match nothing or freeze everything are refused", "[training]") {
  const auto refused = [](const std::string& group) {
    CHECK_THROWS_AS(
        tests::assembly_of("objective.plugin = 'baseline'\n[[parameter_group]]\n" + group),
        host::ExperimentError);
  };
  refused("pattern = 'layer1.*'\n");
  refused("pattern = '*'\nfrozen = true\n");
  CHECK_THROWS_WITH(
      tests::assembly_of("objective.plugin = 'baseline'\n[[parameter_group]]\npattern = 'fc.*'\n"),
      ContainsSubstring("'fc.*' matches none of the network's 59 parameters") &&
          ContainsSubstring("base_model.0.weight to classifiers.0.bias"));
}

TEST_CASE("gradients are clipped by their norm together", "[training]") {
  const auto clipped = [](double maximum) {
    auto a = at::tensor({0.0}, at::kDouble).requires_grad_(true);
    auto b = at::tensor({0.0}, at::kDouble).requires_grad_(true);
    const auto optimizer = host::training::make_optimizer({}, {{"a", a}, {"b", b}});
    a.mutable_grad() = at::tensor({3.0}, at::kDouble);
    b.mutable_grad() = at::tensor({-4.0}, at::kDouble);
    optimizer->clip_gradients(maximum);
    return std::pair(a.grad().item<double>(), b.grad().item<double>());
  };
  // The norm is 5.
  const auto [a, b] = clipped(1);
  CHECK(a == Approx(0.6).epsilon(1e-6));
  CHECK(b == Approx(-0.8).epsilon(1e-6));
  CHECK(clipped(10) == std::pair(3.0, -4.0));
  // With plain SGD the whole step is the clipped gradient times the learning rate.
  const auto before = initial_state();
  double sum = 0;
  for (const auto& [name, tensor] : after_step("training.clip_gradient_norm = 0.01\n")) {
    if (!tensor.is_floating_point() || is_statistic(name)) continue;
    sum += (tensor - before.at(name)).square().sum().item<double>();
  }
  CHECK(std::sqrt(sum) == Approx(0.1 * 0.01).epsilon(1e-3));
}

TEST_CASE("averages follow the weights, early ones faster", "[training]") {
  const auto assembly =
      tests::assembly_of("objective.plugin = 'baseline'\ntraining.precision = 'fp64'\n");
  auto& network = *assembly.network;
  const auto weight = network.state().at("classifiers.0.bias");
  const auto set = [&](double value) {
    const at::NoGradGuard no_grad;
    weight.fill_(value);
  };
  const auto value = [](const at::Tensor& tensor) { return tensor[0].item<double>(); };
  set(1);
  host::training::WeightAverage average(network, /*decay=*/0.15);
  const auto averaged = average.state().at("classifiers.0.bias");
  set(2);
  average.update(0);
  CHECK(value(averaged) == Approx(0.1 * 1 + 0.9 * 2).epsilon(1e-12));
  set(3);
  average.update(1);  // 2/11 > 0.15
  CHECK(value(averaged) == Approx(0.15 * 1.9 + 0.85 * 3).epsilon(1e-12));
  CHECK(average.state().at("base_model.0.weight").equal(network.state().at("base_model.0.weight")));
  {
    const host::training::WeightAverage::Evaluated evaluated(average);
    CHECK(value(weight) == Approx(2.835).epsilon(1e-12));
  }
  CHECK(value(weight) == 3);
}

TEST_CASE("averaged weights are what is evaluated and kept", "[training]") {
  const tests::ScratchFolder folder;
  const host::storage::RunDirectory run(folder / "run");
  const std::string experiment =
      "objective.plugin = 'baseline'\ntraining.average_decay = 0.5\ntraining.select = 'last'\n"
      "training.total_iterations = 6\ntraining.validate_every_iterations = 3\n";
  const auto assembly = tests::assembly_of(experiment);
  const auto outcome = host::training::train(assembly, run);
  const auto last = host::storage::read_checkpoint(run.last_checkpoint()).tensors;
  const auto kept = host::storage::read_safetensors(run.weights()).tensors;
  const std::string name = "base_model.0.weight";
  CHECK(kept.at(name).equal(last.at("average." + name)));
  CHECK_FALSE(kept.at(name).equal(last.at("network." + name)));
  // The network now has the averages, and scores what the run says.
  CHECK(assembly.network->state().at(name).equal(kept.at(name)));
  const auto predictions = host::evaluation::chosen_predictions(assembly);
  const auto again = host::evaluation::evaluate(assembly, sla::Split::test, predictions);
  CHECK(again->metrics == outcome.test.metrics);
}

TEST_CASE("training stops early without better validations", "[training]") {
  const tests::ScratchFolder folder;
  const host::storage::RunDirectory run(folder / "run");
  // A network that does not learn never improves on its first validation.
  const std::string experiment =
      "objective.plugin = 'baseline'\noptimizer.learning_rate = 0\ntraining.early_stopping = 2\n"
      "training.total_iterations = 20\ntraining.validate_every_iterations = 2\n";
  CHECK(host::training::train(tests::assembly_of(experiment), run, /*stop_after=*/3).iteration ==
        3);
  const auto outcome = host::training::train(tests::assembly_of(experiment), run);
  CHECK(outcome.finished);
  CHECK(outcome.iteration == 6);
  CHECK(std::filesystem::exists(run.results()));
}

TEST_CASE("early stopping waits for a first validation, and needs a metric", "[training]") {
  const tests::ScratchFolder folder;
  const std::string experiment =
      "objective.plugin = 'baseline'\noptimizer.learning_rate = 0\ntraining.early_stopping = 1\n"
      "training.total_iterations = 20\ntraining.validate_every_iterations = 1\n";
  CHECK(host::training::train(tests::assembly_of(experiment),
                              host::storage::RunDirectory(folder / "run"))
            .iteration == 2);
  CHECK_THROWS_WITH(
      host::training::train(tests::assembly_of(experiment + "training.select = 'last'\n"),
                            host::storage::RunDirectory(folder / "last")),
      ContainsSubstring("early_stopping has no metric to go by"));
}
