#include "tests/support/assemblies.h"

#include <utility>

#include "host/experiment/document.h"
#include "host/experiment/experiment.h"
#include "tests/catch.h"

namespace tests {

namespace {

constexpr const char* kDefaults = R"(
[dataset]
plugin = "synthetic"
train = 100
validation = 20
test = 20

[model]
plugin = "cresnet"
depth = 20

[training]
batch_size = 8
total_iterations = 10
validate_every_iterations = 5
)";

}  // namespace

host::assembly::Assembly assembly_of(const std::string& experiment) {
  auto document = host::experiment::parse_document(kDefaults, "defaults");
  merge(document, host::experiment::parse_document(experiment, "test.toml"));
  return host::assembly::assemble(host::experiment::interpret(std::move(document), "test"));
}

double distance(const at::Tensor& a, const at::Tensor& b) {
  REQUIRE(a.sizes() == b.sizes());
  return (a - b).abs().max().item<double>();
}

}  // namespace tests
