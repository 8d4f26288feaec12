#include <iostream>

#include "host/commands/commands.h"
#include "host/commands/warnings.h"
#include "host/experiment/experiment.h"
#include "host/training/trainer.h"

namespace host::commands {

int check(const ExperimentArguments& arguments) {
  auto experiment = experiment::read_experiment(arguments.file, arguments.overrides);
  training::prepare_machine(experiment.runtime);
  const auto assembly = training::assemble(std::move(experiment));
  warn_of_replaced_dataset(assembly.experiment);
  const double loss = training::try_one_step(assembly);
  std::cout << arguments.file.string() << " is fine: " << assembly.task.classes << " classes, "
            << assembly.task.transformations << " transformations, loss of the first step " << loss
            << "\n";
  return 0;
}

}  // namespace host::commands
