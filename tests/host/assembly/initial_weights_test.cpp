#include "host/assembly/initial_weights.h"

#include <ATen/ops/zeros.h>
#include <torch/csrc/jit/serialization/import.h>

#include <nlohmann/json.hpp>

#include "host/assembly/weights_file.h"
#include "host/base/errors.h"
#include "host/storage/json_file.h"
#include "host/training/trainer.h"
#include "tests/catch.h"
#include "tests/support/assemblies.h"
#include "tests/support/host_program.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/torch_script.h"

namespace {

using host::StorageError;
using Tensors = std::map<std::string, at::Tensor>;

/// A network that has loaded its initial weights from `source`.
host::assembly::Assembly started(const std::string& experiment,
                                 const std::filesystem::path& source) {
  auto assembly = tests::assembly_of(experiment + "model.weights = '" + source.string() + "'\n");
  host::assembly::load_initial_weights(assembly);
  return assembly;
}

/// The state of an untrained network of seed 7, by name without `base_model.`, in a file.
Tensors model_of_seed_7() {
  return host::storage::tensors_below(
      "base_model.",
      tests::assembly_of("objective.plugin = 'baseline'\nseed = 7\n").network->state());
}

const std::string kName = "base_model.0.weight";

}  // namespace

TEST_CASE("another program's weights are taken but for its heads", "[training]") {
  const tests::ScratchFolder folder;
  const auto weights = model_of_seed_7();
  Tensors named{{"module.fc.weight", at::zeros({1000, 64})}, {"module.fc.bias", at::zeros({1000})}};
  for (const auto& [name, tensor] : weights) named["module." + name] = tensor;
  named["module.1.num_batches_tracked"] = at::zeros({}, at::kLong);
  host::storage::write_safetensors(folder / "foreign.safetensors", {named, {}});

  const auto random = tests::assembly_of("objective.plugin = 'baseline'\n").network->state();
  const auto assembly = started("objective.plugin = 'baseline'\n", folder / "foreign.safetensors");
  for (const auto& [name, tensor] : assembly.network->state()) {
    INFO(name);
    const bool head = name.starts_with("classifiers.");
    CHECK(tensor.equal(head ? random.at(name) : weights.at(name.substr(11))));
  }
  CHECK_FALSE(assembly.initial_weights->heads);
  CHECK(assembly.initial_weights->left_out ==
        std::vector<std::string>{"fc.bias [1000]", "fc.weight [1000, 64]"});
  CHECK(assembly.initial_weights->sha256.size() == 64);
}

TEST_CASE("a TorchScript file gives its weights", "[training]") {
  const tests::ScratchFolder folder;
  tests::write_small_network(folder / "net.pt");
  tests::write_small_network(folder / "trained.pt");
  const std::string script =
      "objective.plugin = 'baseline'\nmodel.plugin = 'torchscript'\n"
      "model.file = '" +
      (folder / "net.pt").string() + "'\n";
  const auto assembly = started(script, folder / "trained.pt");
  int64_t compared = 0;
  for (const auto& parameter : torch::jit::load(folder / "trained.pt").named_parameters()) {
    INFO(parameter.name);
    CHECK(assembly.network->state().at("base_model." + parameter.name).equal(parameter.value));
    ++compared;
  }
  CHECK(compared == 3);
  CHECK(assembly.initial_weights->left_out.empty());
  CHECK_THROWS_WITH(started("objective.plugin = 'baseline'\n", folder / "trained.pt"),
                    ContainsSubstring("trained.pt lacks ") &&
                        ContainsSubstring("the weights belong to another model"));
}

TEST_CASE("a finished run gives its heads, too, if classes and shapes are the same", "[training]") {
  const tests::ScratchFolder folder;
  const host::storage::RunDirectory run(folder / "run");
  const std::string sla = "objective.plugin = 'sla'\ntransformation.plugin = 'flip'\n";
  CHECK_THROWS_WITH(started(sla, folder / "run"),
                    ContainsSubstring("expected a run directory, or a file"));
  host::training::train(tests::assembly_of(sla + "seed = 7\ntraining.total_iterations = 2\n"), run,
                        /*stop_after=*/1);
  CHECK_THROWS_WITH(started(sla, run.path()), ContainsSubstring("is not finished"));
  host::training::train(tests::assembly_of(sla + "seed = 7\ntraining.total_iterations = 2\n"), run);
  const auto trained = host::storage::read_safetensors(run.weights()).tensors;

  const auto same = started(sla, run.path());
  for (const auto& [name, tensor] : same.network->state()) CHECK(tensor.equal(trained.at(name)));
  CHECK(same.initial_weights->heads);
  CHECK(same.initial_weights->left_out.empty());

  // Another shape of head, and other classes with the same shape.
  const auto baseline = started("objective.plugin = 'baseline'\n", run.path());
  CHECK(baseline.network->state().at(kName).equal(trained.at(kName)));
  CHECK_FALSE(baseline.initial_weights->heads);
  CHECK(baseline.initial_weights->left_out ==
        std::vector<std::string>{"classifiers.0.bias [20]", "classifiers.0.weight [20, 64]"});
  const auto more = started(
      "dataset.classes = 5\nobjective.plugin = 'sla'\n"
      "transformation.plugin = 'rotation'\n",
      run.path());
  CHECK(more.network->state().at(kName).equal(trained.at(kName)));
  CHECK(more.network->state().at("classifiers.0.bias").numel() == 20);
  CHECK_FALSE(more.initial_weights->heads);
  // As many transformations, but others.
  const auto tiles = started(
      "objective.plugin = 'sla'\ntransformation = { plugin = 'jigsaw', count = 2 }\n", run.path());
  CHECK(tiles.network->state().at("classifiers.0.bias").numel() == 20);
  CHECK_FALSE(tiles.initial_weights->heads);
}

TEST_CASE("an objective's constants are its own, not those of the initial weights", "[training]") {
  const tests::ScratchFolder folder;
  const host::storage::RunDirectory run(folder / "run");
  const auto objective = [](const std::string& settings) {
    return "objective = { plugin = 'imbalanced', " + settings + " }\n";
  };
  const std::string ldam = "loss = 'ldam', class_weights = 'class_balanced', beta = 0.9";
  host::training::train(tests::assembly_of(objective(ldam) + "training.total_iterations = 2\n"),
                        run);

  const auto other = started(objective(ldam + ", max_margin = 0.1"), run.path());
  CHECK(other.initial_weights->heads);
  const auto own = tests::assembly_of(objective(ldam + ", max_margin = 0.1"));
  for (const char* name : {"classifiers.joint_loss.margins", "classifiers.joint_loss.weights"}) {
    CHECK(other.network->state().at(name).equal(own.network->state().at(name)));
  }

  // A linear head is another one than LDAM's, and two heads are others than one.
  CHECK_FALSE(started(objective("loss = 'cross_entropy'"), run.path()).initial_weights->heads);
  CHECK_FALSE(started(objective("component = 'imbalanced_sd', " + ldam), run.path())
                  .initial_weights->heads);
}

TEST_CASE("weights of another model are refused, and the network stays as it was", "[training]") {
  const tests::ScratchFolder folder;
  const auto file = folder / "weights.safetensors";
  const auto refuse = [&](const Tensors& tensors, const std::string& reason) {
    host::storage::write_safetensors(file, {tensors, {}});
    auto assembly = tests::assembly_of("objective.plugin = 'baseline'\nmodel.weights = '" +
                                       file.string() + "'\n");
    const auto before = assembly.network->state().at(kName).detach().clone();
    CHECK_THROWS_WITH(host::assembly::load_initial_weights(assembly), ContainsSubstring(reason));
    CHECK(assembly.network->state().at(kName).equal(before));
  };
  auto tensors = model_of_seed_7();
  tensors["0.weight"] = at::zeros({16, 3, 7, 7});
  refuse(tensors, "tensor '0.weight' has shape [16, 3, 7, 7], the model's has [16, 3, 3, 3]");
  tensors.erase("0.weight");
  refuse(tensors, "lacks 1 of the model's");
  refuse({{"fc.weight", at::zeros({10, 64})}}, "the weights belong to another model");
}

TEST_CASE("a run records its initial weights, and resumes without their file", "[training]") {
  const tests::ScratchFolder folder;
  host::storage::write_safetensors(folder / "start.safetensors", {model_of_seed_7(), {}});
  const auto file = folder.write("mine.toml", R"(
dataset = { plugin = "synthetic", train = 40, validation = 10, test = 10 }
model = { plugin = "cresnet", depth = 20, weights = "start.safetensors" }
objective.plugin = "baseline"
training = { total_iterations = 4, validate_every_iterations = 2, batch_size = 4 }
)");
  const auto run = (folder / "run").string();
  const auto first = tests::run_host({file.string(), "--out", run, "--stop-after", "2"});
  INFO(first.output);
  CHECK(first.status == 0);
  CHECK_THAT(first.output, ContainsSubstring("heads start at random"));
  const auto facts = host::storage::read_json(run + "/provenance.json").at("initial_weights");
  CHECK(facts.at("file") == (folder / "start.safetensors").string());
  CHECK(facts.at("sha256").get<std::string>().size() == 64);

  std::filesystem::remove(folder / "start.safetensors");
  const auto second = tests::run_host({file.string(), "--out", run, "--resume"});
  INFO(second.output);
  CHECK(second.status == 0);
  const auto evaluated = tests::run_host({"eval", run});
  INFO(evaluated.output);
  CHECK(evaluated.status == 0);
  const auto anew = tests::run_host({file.string(), "--out", run + "-2"});
  CHECK(anew.status == 2);
  CHECK_THAT(anew.output, ContainsSubstring("start.safetensors"));
}
