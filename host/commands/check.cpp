#include <algorithm>
#include <iostream>

#include <nlohmann/json.hpp>

#include "host/assembly/machine.h"
#include "host/commands/experiment_commands.h"
#include "host/commands/warnings.h"
#include "host/experiment/experiment.h"
#include "host/experiment/profile_texts.h"
#include "host/storage/json_file.h"
#include "host/training/trial.h"

namespace host::commands {

namespace {

nlohmann::json profiles_json(const std::vector<experiment::ProfileText>& profiles) {
  auto listed = nlohmann::json::array();
  for (const auto& [name, comment] : profiles) {
    listed.push_back({{"name", name}, {"comment", comment}});
  }
  return listed;
}

void print(const std::vector<experiment::ProfileText>& profiles) {
  if (profiles.empty()) return;
  size_t width = 0;
  for (const auto& profile : profiles) width = std::max(width, profile.name.size());
  std::cout << "profiles, for --profile NAME,NAME:\n";
  for (const auto& [name, comment] : profiles) {
    std::cout << "  " << name;
    if (!comment.empty()) std::cout << std::string(width + 2 - name.size(), ' ') << comment;
    std::cout << "\n";
  }
}

}  // namespace

int check(const CheckArguments& arguments) {
  const auto& given = arguments.experiment;
  auto experiment = experiment::read_experiment(given.file, given.overrides);
  const auto profiles = experiment::profile_texts(experiment::read_layers(given.file).profiles);
  // Listed first: without the data, the reader may need smoke.
  if (!arguments.json) print(profiles);
  assembly::prepare_machine(experiment.runtime);
  auto assembly = assembly::assemble(std::move(experiment));
  assembly::load_initial_weights(assembly);
  warn_of_replaced_dataset(assembly.experiment);
  const double loss = training::try_one_step(assembly);
  if (arguments.json) {
    const nlohmann::json facts{{"experiment", given.file.string()},
                               {"classes", assembly.task.classes},
                               {"transformations", assembly.task.transformations},
                               {"device", assembly.device.str()},
                               {"loss", loss},
                               {"profiles", profiles_json(profiles)}};
    std::cout << storage::json_text(facts);
    return 0;
  }
  std::cout << given.file.string() << " is fine: " << assembly.task.classes << " classes, "
            << assembly.task.transformations << " transformations, first-step loss " << loss
            << "\n";
  return 0;
}

}  // namespace host::commands
