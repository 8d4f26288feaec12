#include "host/gallery/gallery.h"

#include <iostream>

#include "host/assembly/machine.h"
#include "host/commands/experiment_commands.h"
#include "host/commands/trained.h"
#include "host/commands/warnings.h"
#include "host/experiment/experiment.h"
#include "host/gallery/drawing.h"
#include "host/gallery/picture.h"
#include "host/storage/atomic_file.h"

namespace host::commands {

int gallery(const GalleryArguments& arguments) {
  auto experiment =
      experiment::read_experiment(arguments.experiment.file, arguments.experiment.overrides);
  assembly::prepare_machine(experiment.runtime);
  const auto assembly = assembly::assemble(std::move(experiment));
  warn_of_replaced_dataset(assembly.experiment);
  const auto file = arguments.file.empty()
                        ? std::filesystem::path(assembly.experiment.name + "_gallery.png")
                        : arguments.file;
  refuse_files_of_runs(file);
  storage::write_atomically(
      file, gallery::png(gallery::drawing(gallery::panels(assembly), assembly.task.class_counts)));
  std::cout << file.string() << "\n";
  return 0;
}

}  // namespace host::commands
