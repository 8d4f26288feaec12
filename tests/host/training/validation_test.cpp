#include "host/training/validation.h"

#include <cmath>

#include "host/storage/safetensors.h"
#include "host/training/trainer.h"
#include "tests/catch.h"
#include "tests/support/assemblies.h"
#include "tests/support/scratch_folder.h"

using host::evaluation::Metrics;

namespace {

Metrics validated(const host::assembly::Assembly& assembly) {
  const auto predictions = host::evaluation::chosen_predictions(assembly);
  const host::training::Selection selection(assembly, predictions);
  return host::training::Validation(assembly, selection, predictions)().value();
}

Metrics of_whole(const host::assembly::Assembly& assembly, sla::Split split) {
  const auto predictions = host::evaluation::chosen_predictions(assembly);
  return host::evaluation::evaluate(assembly, split, predictions).value().metrics;
}

/// The metrics of a split or sample, without its name.
Metrics below(const std::string& name, const Metrics& metrics) {
  Metrics found;
  for (const auto& [metric, value] : metrics) {
    if (metric.starts_with(name + ".")) found[metric.substr(name.size() + 1)] = value;
  }
  return found;
}

std::string synthetic(int train, int validation) {
  return "objective.plugin = 'baseline'\naugmentation.plugin = 'random_crop'\n"
         "dataset = { plugin = 'synthetic', classes = 6, train = " +
         std::to_string(train) + ", validation = " + std::to_string(validation) + ", test = 12 }\n";
}

}  // namespace

TEST_CASE("a validation scores training images too, without augmentation", "[training]") {
  // As many as the validation split has, which are all here.
  const auto assembly = tests::assembly_of(synthetic(60, 60));
  const auto metrics = validated(assembly);
  CHECK(below("training_sample", metrics) == of_whole(assembly, sla::Split::train));
  CHECK(below("validation", metrics) == of_whole(assembly, sla::Split::validation));
}

TEST_CASE("a sample of the training images is the same at each validation", "[training]") {
  const auto assembly = tests::assembly_of(synthetic(60, 30));
  const auto sampled = below("training_sample", validated(assembly));
  CHECK(below("training_sample", validated(assembly)) == sampled);
  // Of 7 images, the accuracy is a multiple of one seventh.
  const auto seven =
      validated(tests::assembly_of(synthetic(60, 30) + "training.training_sample = 7\n"));
  const double hits = seven.at("training_sample.single.accuracy") * 7 / 100;
  CHECK(hits == Approx(std::round(hits)));
}

TEST_CASE("no training images are scored if none are asked for or comparable", "[training]") {
  const auto none = [](const std::string& experiment) {
    return below("training_sample", validated(tests::assembly_of(experiment))).empty();
  };
  CHECK(none(synthetic(60, 30) + "training.training_sample = 0\n"));
  CHECK(none(synthetic(60, 0) + "training.select = 'last'\n"));
  // The classes of episodes are others in each split.
  CHECK(none(
      "objective = { plugin = 'few_shot', component = 'prototypical' }\n"
      "[dataset]\nplugin = 'episodes'\nway = 2\nshot = 1\nquery = 2\nvalidation_episodes = 2\n"
      "evaluation_way = 2\nevaluation_shot = 1\nevaluation_query = 4\n"
      "test_episodes = 2\nvalidation_classes = ['stripes1', 'stripes2']\n"
      "test_classes = ['stripes0', 'stripes5']\n"
      "source = { plugin = 'synthetic', classes = 6, train = 60, validation = 12, test = 12 }\n"));
}

TEST_CASE("scoring training images changes no weight", "[training]") {
  const tests::ScratchFolder folder;
  const auto weights = [&](const std::string& name, const std::string& more) {
    const host::storage::RunDirectory run(folder / name);
    host::training::train(
        tests::assembly_of(synthetic(60, 30) +
                           "training.total_iterations = 6\ntraining.batch_size = 8\n"
                           "training.validate_every_iterations = 2\n" +
                           more),
        run);
    return host::storage::read_safetensors(run.weights()).tensors;
  };
  const auto without = weights("without", "training.training_sample = 0\n");
  for (const auto& [name, tensor] : weights("with", "")) {
    INFO(name);
    CHECK(tensor.equal(without.at(name)));
  }
}
