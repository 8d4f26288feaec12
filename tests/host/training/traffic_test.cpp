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

}  // namespace

TEST_CASE("a training step waits for nothing and copies only its batch", "[traffic]") {
  tests::register_counting_backend();
  for (const std::string& objective : kObjectives) {
    for (const std::string& transformation : kTransformations) {
      INFO(objective << transformation);
      const auto assembly =
          tests::assembly_of(objective + transformation +
                             "augmentation = [{ plugin = 'random_crop' }, { plugin = "
                             "'random_flip' }]\nruntime.device = 'privateuseone:0'\n"
                             "model = { plugin = 'conv4', channels = 4 }\n");
      const auto sampler = assembly.training_sampler();
      host::training::Step step(assembly, sampler->batches_per_pass());
      assembly.network->train();
      const auto loader = assembly.training_loader(sampler, 0, 4);
      // The first two also check that all parameters are registered.
      for (int64_t i = 0; i < 3; ++i) step(i, loader->next());
      const auto batch = loader->next();
      tests::take_traffic();
      const auto result = step(3, batch);
      const auto traffic = tests::take_traffic();
      CHECK(traffic.scalars_read == 0);
      CHECK(traffic.copies_to_device == 2);  // images and labels
      CHECK(traffic.copies_to_host == 0);
      CHECK(result.total.cpu().item<float>() > 0);
    }
  }
}

TEST_CASE("a step that waits for the device is noticed", "[traffic]") {
  tests::register_counting_backend();
  const auto assembly = tests::assembly_of(
      "objective.plugin = 'baseline'\nruntime.device = 'privateuseone:0'\n"
      "model = { plugin = 'conv4', channels = 4 }\ntraining.nonfinite_loss = 'check'\n");
  const auto sampler = assembly.training_sampler();
  host::training::Step step(assembly, sampler->batches_per_pass());
  assembly.network->train();
  const auto loader = assembly.training_loader(sampler, 0, 1);
  tests::take_traffic();
  step(0, loader->next());
  CHECK(tests::take_traffic().scalars_read > 0);
}
