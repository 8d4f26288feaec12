#include <iostream>

#include <nlohmann/json.hpp>

#include "host/commands/experiment_commands.h"
#include "host/commands/warnings.h"
#include "host/experiment/experiment.h"
#include "host/storage/json_file.h"
#include "host/training/trainer.h"

namespace host::commands {

int check(const CheckArguments& arguments) {
  const auto& given = arguments.experiment;
  auto experiment = experiment::read_experiment(given.file, given.overrides);
  training::prepare_machine(experiment.runtime);
  const auto assembly = training::assemble(std::move(experiment));
  warn_of_replaced_dataset(assembly.experiment);
  const double loss = training::try_one_step(assembly);
  if (arguments.json) {
    const nlohmann::json facts{{"experiment", given.file.string()},
                               {"classes", assembly.task.classes},
                               {"transformations", assembly.task.transformations},
                               {"device", assembly.device.str()},
                               {"loss", loss}};
    std::cout << storage::json_text(facts);
    return 0;
  }
  std::cout << given.file.string() << " is fine: " << assembly.task.classes << " classes, "
            << assembly.task.transformations << " transformations, loss of the first step " << loss
            << "\n";
  return 0;
}

}  // namespace host::commands
