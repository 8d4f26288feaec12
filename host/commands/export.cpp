#include <spdlog/spdlog.h>

#include <filesystem>
#include <iostream>

#include "host/assembly/machine.h"
#include "host/assembly/trained_network.h"
#include "host/base/errors.h"
#include "host/commands/trained.h"
#include "host/commands/trained_commands.h"
#include "host/prediction/script_file.h"

namespace host::commands {

int export_script(const ExportArguments& arguments) {
  const auto trained = read_trained(arguments.source, {{}, arguments.overrides});
  const auto& experiment = trained.experiment;
  const std::string name = arguments.source.string();
  assembly::prepare_machine(experiment.runtime);
  const auto network = assembly::load_trained_network(
      trained.weights, task_of(trained), experiment, name,
      {.seed = experiment.seed, .device = assembly::device_of(experiment.runtime.device)});
  const auto& offered = network.network->objective().predictions();
  const auto& prediction =
      arguments.prediction.empty()
          ? offered.front()
          : assembly::prediction_named(arguments.prediction, offered,
                                       "objective '" + experiment.objective.plugin + "'");
  if (experiment.evaluation.ten_crop_margin > 0) {
    spdlog::warn(
        "the file scores the image alone: ten crops (evaluation.ten_crop_margin) are not "
        "exported");
  }
  auto file = arguments.file;
  if (file.empty()) {
    const auto source = std::filesystem::canonical(arguments.source);
    file = source.filename();
    if (!std::filesystem::is_directory(source)) file = file.stem();
    file += ".pt";
    if (std::filesystem::exists(file)) {
      throw StorageError(file.string() + " exists already; name another file with -o");
    }
  }
  refuse_files_of_runs(file);
  prediction::write_script(file, network, prediction, experiment::to_toml(experiment.document));
  std::cout << file.string() << ": '" << prediction.name << "' of " << name << "\n";
  return 0;
}

}  // namespace host::commands
