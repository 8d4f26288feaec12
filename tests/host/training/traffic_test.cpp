#include "host/training/step.h"
#include "tests/catch.h"
#include "tests/support/assemblies.h"
#include "tests/support/counting_backend.h"

namespace {

/// A few-shot objective, with the dataset that draws its episodes.
std::string few_shot(const std::string& component) {
  return "objective = { plugin = 'few_shot', component = '" + component +
         "' }\ndataset = { plugin = 'episodes', way = 2, shot = 1, query = 1, episodes_per_batch = "
         "1, evaluation_way = 2, "
         "validation_classes = ['stripes0', 'stripes1'], test_classes = ['stripes2', 'stripes3'], "
         "source = { plugin = 'synthetic', classes = 8, train = 400 } }\n";
}

/// Tables that train each objective, on data for it.
const std::vector<std::string> kObjectives{
    "objective.plugin = 'baseline'\n",
    "objective.plugin = 'da'\n",
    "objective.plugin = 'mt'\n",
    "objective.plugin = 'sla'\n",
    "objective.plugin = 'sla_sd'\n",
    "objective = { plugin = 'imbalanced', component = 'imbalanced', loss = 'ldam', class_weights = "
    "'class_balanced' }\ndataset = { plugin = 'long_tail', ratio = 5, source = { plugin = "
    "'synthetic', train = 200 } }\n",
    "objective = { plugin = 'imbalanced', component = 'imbalanced_sd', loss = 'cross_entropy' }\n",
    few_shot("prototypical"),
    few_shot("ridge"),
    few_shot("svm")};

const std::vector<std::string> kTransformations{
    "",
    "transformation.plugin = 'rotation'\n",
    "transformation.plugin = 'flip'\n",
    "transformation.plugin = 'color_perm'\n",
    "transformation.plugin = 'jigsaw'\n",
    "transformation = [{ plugin = 'rotation' }, { plugin = 'flip' }]\n"};

/// What one training step of an experiment on the counting device waits for and copies, after
/// `warm_up` others.
tests::Traffic traffic_of_a_step(const std::string& experiment, int64_t warm_up) {
  tests::register_counting_backend();
  const auto assembly = tests::assembly_of(experiment +
                                           "runtime.device = 'privateuseone:0'\n"
                                           "model = { plugin = 'conv4', channels = 4 }\n");
  const auto sampler = assembly.training_sampler();
  host::training::Step step(assembly, sampler->batches_per_pass());
  assembly.network->train();
  const auto loader = assembly.training_loader(sampler, 0, warm_up + 1);
  for (int64_t i = 0; i < warm_up; ++i) step(i, loader->next());
  const auto batch = loader->next();
  tests::take_traffic();
  const auto result = step(warm_up, batch);
  const auto traffic = tests::take_traffic();
  CHECK(result.total.cpu().item<float>() > 0);
  return traffic;
}

}  // namespace

TEST_CASE("a training step waits for nothing and copies only its batch", "[traffic]") {
  for (const std::string& objective : kObjectives) {
    for (const std::string& transformation : kTransformations) {
      INFO(objective << transformation);
      // The first two steps also check that all parameters are registered.
      const auto traffic = traffic_of_a_step(
          objective + transformation +
              "augmentation = [{ plugin = 'random_crop' }, { plugin = 'random_flip' }]\n",
          /*warm_up=*/3);
      CHECK(traffic.scalars_read == 0);
      CHECK(traffic.copies_to_device == 2);  // images and labels
      CHECK(traffic.copies_to_host == 0);
    }
  }
}

TEST_CASE("a step that waits for the device is noticed", "[traffic]") {
  const auto traffic = traffic_of_a_step(
      "objective.plugin = 'baseline'\ntraining.nonfinite_loss = 'check'\n", /*warm_up=*/0);
  CHECK(traffic.scalars_read > 0);
}
