#include <ATen/core/grad_mode.h>
#include <ATen/ops/linear.h>

#include <cstdlib>

#include "host/storage/safetensors.h"
#include "tests/catch.h"
#include "tests/support/assemblies.h"
#include "tests/support/host_program.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/skip.h"

TEST_CASE("weights that torchvision's users save give torchvision's logits", "[torchvision]") {
  const char* python = std::getenv("SLA_TORCHVISION");
  if (python == nullptr) {
    return tests::skip("set SLA_TORCHVISION to a Python with torchvision to load its weights");
  }
  const at::NoGradGuard no_grad;
  const tests::ScratchFolder folder;
  const auto written =
      tests::run_program(std::string(python) +
                         " " SLA_SOURCE_DIRECTORY "/tests/plugins/models/torchvision_weights.py '" +
                         folder.path().string() + "'");
  INFO(written.output);
  REQUIRE(written.status == 0);
  const auto expected = host::storage::read_safetensors(folder / "expected.safetensors").tensors;
  const auto images = expected.at("images").contiguous(at::MemoryFormat::ChannelsLast);
  for (const std::string name : {"resnet18", "resnet50"}) {
    for (const std::string ending : {".pth", ".pt", ".safetensors"}) {
      INFO(name << ending);
      auto assembly = tests::assembly_of(
          "training.precision = 'fp64'\nobjective.plugin = 'baseline'\n[model]\n"
          "plugin = 'resnet'\nname = '" +
          name + "'\nweights = '" + (folder / (name + ending)).string() + "'\n");
      host::assembly::load_initial_weights(assembly);
      auto& network = *assembly.network;
      network.eval();
      const auto distance = [&](at::ScalarType type) {
        network.to(type);
        const auto features = network.model().features(images.to(type));
        const auto logits = at::linear(features, expected.at(name + ".weight").to(type),
                                       expected.at(name + ".bias").to(type));
        return tests::distance(logits, expected.at(name + ".logits"));
      };
      CHECK(distance(at::kDouble) < 1e-10);
      CHECK(distance(at::kFloat) < 1e-5);
    }
  }
}
