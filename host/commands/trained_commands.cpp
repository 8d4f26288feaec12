#include "host/commands/trained_commands.h"

#include <memory>

#include "host/commands/arguments.h"

namespace host::commands {

namespace {

CLI::Option* add_source(CLI::App& app, std::filesystem::path& source) {
  return app.add_option("run", source, "Run directory, or weights that sla_host saved")
      ->required()
      ->type_name("RUN");
}

void add_prediction(CLI::App& app, std::string& prediction) {
  app.add_option("--prediction", prediction, "Which prediction (default: the objective's first)")
      ->type_name("NAME");
}

void add_eval(CLI::App& app, int& status) {
  const auto arguments = std::make_shared<EvalArguments>();
  arguments->split = "test";
  auto* command = app.add_subcommand(
      "eval", "Re-evaluate runs, checkpoints, .safetensors or PyTorch .pth weights");
  command->add_option("source", arguments->sources, "Run directory or weights file")
      ->required()
      ->type_name("RUN|WEIGHTS");
  command
      ->add_option("--experiment", arguments->experiment.file,
                   "Experiment for weights that do not contain it")
      ->type_name("EXPERIMENT.toml");
  command->add_option("--split", arguments->split, "train, validation or test")
      ->capture_default_str();
  command->add_option("--prediction", arguments->predictions, "Predictions to score")
      ->type_name("NAME");
  command->add_option("--save-weights", arguments->save_weights, "Save the weights as safetensors")
      ->type_name("FILE");
  auto* ensemble = command->add_flag(
      "--ensemble", arguments->ensemble,
      "Also score the ensemble: for each prediction, the mean of the runs' probabilities");
  auto* logits = command
                     ->add_option("--logits", arguments->logits,
                                  "Write logits, labels and names of the images as safetensors")
                     ->type_name("FILE");
  add_json(*command, arguments->json);
  add_overrides(*command, arguments->experiment.overrides);
  auto* analyse =
      command->add_flag("--analyse", arguments->analyse,
                        "Compute the analyses shown in a run's report, on its test split");
  // The analyses must describe the run as it was.
  for (const char* other : {"--experiment", "--prediction", "--profile", "--unset", "--set"}) {
    analyse->excludes(command->get_option(other));
  }
  analyse->excludes(ensemble)->excludes(logits);
  add_device(*command, arguments->experiment.overrides);
  command->footer("Example: sla_host eval runs/cifar100_jigsaw --split validation");
  command->callback([arguments, &status] { status = eval(*arguments); });
}

void add_predict(CLI::App& app, int& status) {
  const auto arguments = std::make_shared<PredictArguments>();
  auto* command = app.add_subcommand("predict", "Print the most probable classes of image files");
  add_source(*command, arguments->source);
  command->add_option("images", arguments->images, "Image files, or folders to search for them")
      ->required()
      ->type_name("FILE|FOLDER");
  add_prediction(*command, arguments->prediction);
  command->add_option("--top", arguments->top, "Classes to show of each image (default 3)")
      ->type_name("K")
      ->check(at_least(1));
  command
      ->add_option("--temperature", arguments->temperature,
                   "Divide logits by T, or by what fits the validation split best")
      ->type_name("T|validation")
      ->check(CLI::Validator(
          [](const std::string& text) -> std::string {
            double number = 0;
            const bool fits = text == "validation" || (CLI::detail::lexical_cast(text, number) &&
                                                       number >= 1e-6 && number <= 1e6);
            return fits ? ""
                        : "must be a number from 1e-6 to 1e6, or 'validation', not '" + text + "'";
          },
          ""));
  auto* csv = command->add_flag("--csv", arguments->csv, "Print comma-separated values");
  add_json(*command, arguments->json);
  command->get_option("--json")->excludes(csv);
  add_overrides(*command, arguments->overrides);
  add_device(*command, arguments->overrides);
  command->footer("Example: sla_host predict runs/photos holiday/ --top 1 --csv > classes.csv");
  command->callback([arguments, &status] { status = predict(*arguments); });
}

void add_export(CLI::App& app, int& status) {
  const auto arguments = std::make_shared<ExportArguments>();
  auto* command = app.add_subcommand(
      "export", "Write a network as one TorchScript file, with all that its predictions need");
  add_source(*command, arguments->source);
  add_prediction(*command, arguments->prediction);
  command->add_option("-o,--output", arguments->file, "TorchScript file (default RUN.pt)")
      ->type_name("FILE.pt");
  add_overrides(*command, arguments->overrides);
  add_device(*command, arguments->overrides);
  command->footer("Example: sla_host export runs/photos -o photos.pt");
  command->callback([arguments, &status] { status = export_script(*arguments); });
}

}  // namespace

void add_trained_commands(CLI::App& app, int& status) {
  add_eval(app, status);
  add_predict(app, status);
  add_export(app, status);
}

}  // namespace host::commands
