#include "host/training/unused_settings.h"

#include <string>
#include <vector>

#include "tests/catch.h"
#include "tests/support/assemblies.h"

namespace {

using Lines = std::vector<std::string>;

/// Of an experiment with 16 training images in three epochs.
Lines unused(const std::string& settings, int batch_size = 4,
             const std::string& objective = "plugin = 'baseline'") {
  const auto assembly = tests::assembly_of(
      "dataset = { plugin = 'synthetic', train = 16 }\nobjective = { " + objective + " }\n" +
      "training = { total_iterations = 0, total_epochs = 3, validate_every_iterations = 0, "
      "validate_every_epochs = 1, batch_size = " +
      std::to_string(batch_size) + " }\n" + settings);
  const host::training::Course course(assembly.experiment, assembly.network->objective(),
                                      assembly.training_sampler()->batches_per_pass());
  return host::training::unused_settings(assembly, course);
}

}  // namespace

TEST_CASE("keys that other choices leave without effect are told", "[training]") {
  CHECK(unused("").empty());
  CHECK(
      unused("schedule = { milestone_epochs = [1, 2], gamma = 0.5, warmup_per_epoch = true }\n") ==
      Lines{"schedule.milestone_epochs = [1.0, 2.0] has no effect: schedule.name is \"constant\"",
            "schedule.gamma = [0.5] has no effect: schedule.name is \"constant\"",
            "schedule.warmup_per_epoch = true has no effect: there is no warm-up"});
  CHECK(unused("optimizer = { nesterov = true, momentum = 0, beta1 = 0.5 }\n") ==
        Lines{"optimizer.beta1 = 0.5 has no effect: optimizer.name is \"sgd\"",
              "optimizer.nesterov = true has no effect: optimizer.momentum is 0"});
  CHECK(unused("schedule = { name = 'cosine', step_epochs = 2.0, final_factor = 0.1 }\n"
               "optimizer = { name = 'adamw', beta1 = 0.5, momentum = 0.5 }\n") ==
        Lines{"schedule.step_epochs = 2.0 has no effect: schedule.name is \"cosine\"",
              "optimizer.momentum = 0.5 has no effect: optimizer.name is \"adamw\""});
}

TEST_CASE("what a run is too short for is told", "[training]") {
  CHECK(unused("schedule = { name = 'multi_step', milestone_epochs = [2, 3, 3.5, 9] }\n") ==
        Lines{"the run ends before its milestone at epoch 3.5: the learning rate does not change "
              "there",
              "the run ends before its milestone at epoch 9: the learning rate does not change "
              "there"});
  CHECK(unused("", 4,
               "plugin = 'imbalanced', class_weights = 'class_balanced', "
               "weights_from_epoch = 3") ==
        Lines{"the run of 12 iterations ends before its phase 'class-weighted' begins, after "
              "iteration 12"});
  CHECK(unused("", 17) ==
        Lines{"training.batch_size is 17, but there are only 16 training images"});
}
