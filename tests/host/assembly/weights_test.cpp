#include <ATen/ops/zeros.h>

#include "host/assembly/network.h"
#include "host/base/errors.h"
#include "tests/catch.h"
#include "tests/support/assemblies.h"

using host::StorageError;

TEST_CASE("weights must match the network tensor by tensor", "[training]") {
  const auto assembly = tests::assembly_of("objective.plugin = 'baseline'");
  auto& network = *assembly.network;
  std::map<std::string, at::Tensor> weights;
  for (const auto& [name, tensor] : network.state()) weights[name] = tensor.detach().clone() + 1;
  const auto before = network.state().at("base_model.0.weight").detach().clone();
  const auto refuse = [&](const auto& changed, const std::string& reason) {
    CHECK_THROWS_WITH(network.load_state(changed, "w"), ContainsSubstring(reason));
    CHECK(network.state().at("base_model.0.weight").equal(before));
  };

  auto lacking = weights;
  lacking.erase("base_model.0.weight");
  refuse(lacking, "w lacks tensor 'base_model.0.weight' ([16, 3, 3, 3])");
  auto misshapen = weights;
  misshapen["classifiers.0.bias"] = at::zeros({100});
  refuse(misshapen, "w: tensor 'classifiers.0.bias' has shape [100], expected [10]");
  auto left_over = weights;
  left_over["classifiers.1.bias"] = at::zeros({10});
  refuse(left_over, "w has tensor 'classifiers.1.bias' ([10]) that the network does not have");

  network.load_state(weights, "w");
  CHECK(network.state().at("base_model.0.weight").equal(before + 1));
}
