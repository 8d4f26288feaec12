#include <ATen/core/grad_mode.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/dropout.h>
#include <ATen/ops/full.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/randn.h>

#include "tests/catch.h"
#include "tests/support/assemblies.h"
#include "tests/support/host_program.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/torch_script.h"

using tests::ScratchFolder;

namespace {

host::assembly::Assembly with_script(const std::string& file, const std::string& more = {}) {
  return tests::assembly_of(
      "objective.plugin = 'baseline'\nmodel = { plugin = 'torchscript', file = '" + file + "' }\n" +
      more);
}

std::set<std::string> model_names(const host::assembly::Assembly& assembly) {
  std::set<std::string> names;
  for (const auto& [name, tensor] : assembly.network->state()) {
    if (name.starts_with("base_model.")) names.insert(name.substr(11));
  }
  return names;
}

}  // namespace

TEST_CASE("a TorchScript module computes with the tensors that the host moves and restores",
          "[models]") {
  const at::NoGradGuard no_grad;
  const ScratchFolder folder;
  const std::string file = folder / "net.pt";
  tests::write_small_network(file);
  const auto assembly = with_script(file, "training.precision = 'fp64'");
  auto& network = *assembly.network;
  CHECK(model_names(assembly) == std::set<std::string>{"body.weight", "body.scale", "body.shift",
                                                       "body.running_mean", "body.running_var"});
  CHECK(network.model().object()->feature_size() == 8);

  auto state = network.state();
  for (auto& [name, tensor] : state) tensor = at::rand(tensor.sizes(), at::kDouble) + 0.5;
  network.load_state(state, "other weights");
  const auto images = at::randn({3, 3, 10, 14}, at::kDouble);
  const auto of = [&](const char* name) {
    const auto& tensor = state.at(std::string("base_model.body.") + name);
    return tensor.dim() == 1 ? tensor.view({1, -1, 1, 1}) : tensor;
  };
  // With the network's own tensor: its memory format decides in which order dropout draws.
  const auto weight = network.state().at("base_model.body.weight");
  const auto convolved = at::conv2d(images, weight, {}, /*stride=*/2, /*padding=*/1);
  const auto activated = [&](const at::Tensor& mean, const at::Tensor& variance) {
    return ((convolved - mean) / (variance + 1e-5).sqrt() * of("scale") + of("shift")).clamp_min(0);
  };

  SECTION("in evaluation") {
    network.eval();
    const auto expected = activated(of("running_mean"), of("running_var")).mean({2, 3});
    CHECK(tests::distance(network.forward(images, /*maps=*/false).features, expected) < 1e-12);
  }
  SECTION("in training, with the batch's statistics and dropout") {
    network.train();
    at::manual_seed(3);
    const auto found = network.forward(images, /*maps=*/false).features;
    const auto mean = convolved.mean({0, 2, 3}, /*keepdim=*/true);
    const auto variance = convolved.var({0, 2, 3}, /*unbiased=*/false, /*keepdim=*/true);
    at::manual_seed(3);
    const auto expected = at::dropout(activated(mean, variance), 0.2, true).mean({2, 3});
    CHECK(tests::distance(found, expected) < 1e-12);
    const auto updated = network.state().at("base_model.body.running_mean").view({1, -1, 1, 1});
    CHECK(tests::distance(updated, 0.9 * of("running_mean") + 0.1 * mean) < 1e-12);
  }
}

TEST_CASE("a run with a TorchScript module resumes bit for bit", "[models]") {
  const ScratchFolder folder;
  tests::write_small_network(folder / "net.pt");
  const std::string file = folder.write("mine.toml", R"(
dataset = { plugin = 'synthetic', classes = 4, train = 64, validation = 12, test = 12 }
model = { plugin = 'torchscript', file = 'net.pt' }
objective.plugin = 'sla'
transformation.plugin = 'rotation'
training = { batch_size = 8, total_iterations = 8, validate_every_iterations = 4 }
)");
  const std::string precision = GENERATE("fp32", "bf16");
  const auto verified = tests::run_host({"verify-resume", file, "--at", "1", "--at", "5", "--set",
                                         "training.precision=" + precision});
  INFO(verified.output);
  CHECK(verified.status == 0);
  CHECK_THAT(verified.output, ContainsSubstring("bit-identical: "));
}

TEST_CASE("a tensor that a TorchScript module uses twice is trained once", "[models]") {
  const ScratchFolder folder;
  const std::string file = folder / "tied.pt";
  torch::jit::Module tied("Tied");
  const auto weight = at::randn({3, 3});
  tied.register_parameter("first", weight, /*is_buffer=*/false);
  tied.register_parameter("second", weight, false);
  tied.define(
      "def forward(self, x):\n"
      "    return torch.matmul(torch.matmul(x.mean([2, 3]), self.first), self.second)\n");
  tied.save(file);
  const auto assembly = with_script(file, "training.precision = 'fp64'");
  CHECK(model_names(assembly) == std::set<std::string>{"first"});
  const at::NoGradGuard no_grad;
  const auto doubled = at::full({3, 3}, 2.0, at::kDouble);
  assembly.network->state().at("base_model.first").copy_(doubled);
  const auto images = at::randn({2, 3, 4, 4}, at::kDouble);
  CHECK(tests::distance(assembly.network->forward(images, /*maps=*/false).features,
                        images.mean({2, 3}).matmul(doubled).matmul(doubled)) < 1e-12);
}

TEST_CASE("TorchScript files that cannot be trained are refused with the reason", "[models]") {
  const ScratchFolder folder;
  const std::string file = folder / "net.pt";
  const auto refused = [&](const std::string& reason) {
    CHECK_THROWS_WITH(with_script(file), ContainsSubstring(file) && ContainsSubstring(reason));
  };
  const auto refused_script = [&](const std::string& body, const std::string& reason) {
    torch::jit::Module net("Net");
    net.register_parameter("weight", at::randn({5, 7}), /*is_buffer=*/false);
    net.register_buffer("mean", at::zeros({3}));
    net.register_buffer("var", at::ones({3}));
    net.define("def forward(self, x):\n    " + body + "\n");
    net.save(file);
    refused(reason);
  };
  refused("no such file");
  folder.write("net.pt", "PK, but no archive");
  refused("is no TorchScript module that LibTorch");
  refused_script("return (x, self.weight)", "forward() returned a Tuple; expected one tensor");
  refused_script("return torch.matmul(x.mean([2, 3]), self.weight)",
                 "forward() does not take images of [2, 3, 32, 32] Float: mat1 and mat2 shapes "
                 "cannot be multiplied (2x3 and 5x7)");
  refused_script("return x.mean([1, 2, 3]) * self.weight.sum()",
                 "forward() returned [2] Float for images [2, 3, 32, 32] Float; expected features "
                 "[2, D] or maps [2, D, h, w]");
  refused_script("return torch.dropout(x, 0.5, True) * self.weight.sum()",
                 "was traced in training mode");
  refused_script(
      "return torch.batch_norm(x, None, None, self.mean, self.var, True, 0.1, 0.1, True)"
      " * self.weight.sum()",
      "was traced in training mode");

  torch::jit::Module frozen("Frozen");
  frozen.define("def forward(self, x):\n    return x.mean([2, 3])\n");
  frozen.save(file);
  refused("has no parameters to train");
}

TEST_CASE("a module traced in evaluation mode is trained with a warning", "[models]") {
  const ScratchFolder folder;
  torch::jit::Module net("Net");
  net.register_parameter("weight", at::randn({3, 5}), /*is_buffer=*/false);
  net.define(
      "def forward(self, x):\n"
      "    return torch.dropout(torch.matmul(x.mean([2, 3]), self.weight), 0.5, False)\n");
  net.save(folder / "net.pt");
  const std::string file = folder.write("mine.toml", R"(
dataset = { plugin = 'synthetic', classes = 4, train = 16, validation = 4, test = 4 }
model = { plugin = 'torchscript', file = 'net.pt' }
objective.plugin = 'baseline'
training = { batch_size = 8, total_iterations = 2, validate_every_iterations = 2 }
)");
  const auto checked = tests::run_host({"check", file});
  CHECK(checked.status == 0);
  CHECK_THAT(checked.output, ContainsSubstring("was traced in evaluation mode"));
}

TEST_CASE("frozen layers of a TorchScript module keep their statistics", "[models]") {
  const ScratchFolder folder;
  const std::string file = folder / "net.pt";
  tests::write_two_layers(file);
  const auto assembly =
      with_script(file, "[[parameter_group]]\npattern = 'base_model.first.*'\nfrozen = true\n");
  auto& network = *assembly.network;
  network.train();
  network.forward(at::randn({3, 3, 10, 14}), /*maps=*/false);
  const auto state = network.state();
  CHECK(state.at("base_model.first.running_mean").eq(0).all().item<bool>());
  CHECK(!state.at("base_model.second.running_mean").eq(0).any().item<bool>());
}
