#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

#include <cstdlib>
#include <memory>
#include <utility>

#include "tests/catch.h"
#include "tests/support/assemblies.h"
#include "tests/support/host_program.h"
#include "tests/support/scratch_folder.h"

using host::assembly::Assembly;

namespace {

/// An experiment with the fixture's model and transformation.
Assembly assembly() {
  return tests::assembly_of(
      "objective.plugin = 'sla'\n"
      "model = { plugin = '" SLA_FIXTURES
      "/lifetime.so', component = 'graph' }\n"
      "transformation = { plugin = '" SLA_FIXTURES "/lifetime.so', component = 'lender' }\n");
}

at::Tensor lent_tensor() {
  return assembly().transformations.components().front().object()->view(at::zeros({1, 1, 2, 2}), 1);
}

}  // namespace

TEST_CASE("a tensor in a plugin's memory outlives every handle to the plugin", "[plugin]") {
  unsetenv("SLA_FIXTURE_GAVE_BACK");
  at::Tensor tensor = lent_tensor();
  CHECK(tensor.sum().item<double>() == 10);
  CHECK(std::getenv("SLA_FIXTURE_GAVE_BACK") == nullptr);
  tensor.reset();
  CHECK(std::getenv("SLA_FIXTURE_GAVE_BACK") != nullptr);
}

TEST_CASE("a graph through a plugin's function outlives the model and the plugin", "[plugin]") {
  at::Tensor weight;
  at::Tensor feature;
  {
    const auto made = assembly();
    weight = made.network->model().object()->parameters().front();
    feature = made.network->model().object()->features(at::ones({1, 3, 2, 2}));
  }
  feature.sum().backward();
  CHECK(weight.grad().item<double>() == 3);
}

TEST_CASE("an object may outlive main()", "[plugin]") {
  // Destroyed after main() returns: a crash there shows in this program's exit status.
  static at::Tensor last_tensor = lent_tensor();
  static std::shared_ptr<sla::Model> last_model = assembly().network->model().object();
  CHECK(last_model->feature_size() == 1);
}

TEST_CASE("two plugins that define the same names do not share them", "[plugin]") {
  const auto twins = tests::assembly_of(
      "objective.plugin = 'sla'\n"
      "[[transformation]]\nplugin = '" SLA_FIXTURES
      "/twin_1.so'\ncomponent = 'twin'\n"
      "[[transformation]]\nplugin = '" SLA_FIXTURES "/twin_2.so'\ncomponent = 'twin'\n");
  const auto& first = *twins.transformations.components()[0].object();
  const auto& second = *twins.transformations.components()[1].object();
  const at::Tensor zero = at::zeros({1});
  CHECK(first.count() == 1);
  CHECK(second.count() == 2);
  // Ten times TWIN, plus the number of objects of this plugin's own class.
  CHECK(first.view(zero, 0).item<double>() == 11);
  CHECK(second.view(zero, 0).item<double>() == 21);
}

TEST_CASE("a model may use the host even in its destructor", "[plugin]") {
  const tests::ScratchFolder folder;
  const std::string file = folder.write(
      "mine.toml",
      "dataset = { plugin = 'synthetic', train = 20, validation = 4, test = 4 }\n"
      "model = { plugin = '" SLA_FIXTURES
      "/lifetime.so', component = 'graph' }\n"
      "objective.plugin = 'baseline'\n"
      "training = { batch_size = 4, total_iterations = 1, validate_every_iterations = 1 }\n");
  const auto finished = tests::run_host({"check", file});
  CHECK(finished.status == 0);
  CHECK_THAT(finished.output, ContainsSubstring("graph: goodbye"));
}
