#include "host/experiment/schema.h"

namespace host::experiment {

namespace {

using Numbers = std::vector<double>;

}  // namespace

std::vector<std::string> section_names() {
  return {"dataset",       "model",     "objective", "transformation", "augmentation",
          "normalisation", "optimizer", "schedule",  "training",       "checkpoints",
          "evaluation",    "protocol",  "runtime",   "published"};
}

std::vector<sla::Parameter> root_schema() {
  return {{.name = "seed",
           .default_value = 0,
           .help = "fixes every random number of the run",
           .minimum = 0},
          {.name = "plugin_path",
           .default_value = std::vector<std::string>{},
           .help = "folders searched for plugins first, relative to the file that names them"}};
}

std::vector<sla::Parameter> component_schema() {
  return {{.name = "plugin",
           .default_value = "",
           .help = "a plugin in the search path, or the path of a .so",
           .required = true},
          {.name = "component",
           .default_value = "",
           .help = "the plugin's component; needed where it has several of a kind"}};
}

std::vector<sla::Parameter> augmentation_schema() {
  return {{.name = "crop_padding",
           .default_value = 0,
           .help = "zero-padding of a random crop, in pixels; 0: no crop",
           .minimum = 0,
           .maximum = 1024},
          {.name = "horizontal_flip",
           .default_value = false,
           .help = "mirrors an image left-right with probability 1/2"}};
}

std::vector<sla::Parameter> normalisation_schema() {
  return {{.name = "mean", .default_value = Numbers{0.5}, .help = "mean of each channel, in 0..1"},
          {.name = "std",
           .default_value = Numbers{0.5},
           .help = "standard deviation of each channel, in 0..1",
           .minimum = 1e-6}};
}

std::vector<sla::Parameter> optimizer_schema() {
  return {{.name = "name",
           .default_value = "sgd",
           .help = "the update rule",
           .choices = {"sgd", "adamw"}},
          {.name = "learning_rate",
           .default_value = 0.1,
           .help = "rate that the schedule multiplies",
           .minimum = 0},
          {.name = "weight_decay",
           .default_value = 0.0,
           .help = "L2 penalty (sgd) or decoupled decay (adamw)",
           .minimum = 0},
          {.name = "momentum",
           .default_value = 0.9,
           .help = "momentum of sgd",
           .minimum = 0,
           .maximum = 1},
          {.name = "nesterov", .default_value = false, .help = "Nesterov's momentum for sgd"},
          {.name = "beta1",
           .default_value = 0.9,
           .help = "decay of adamw's first moment",
           .minimum = 0,
           .maximum = 1},
          {.name = "beta2",
           .default_value = 0.999,
           .help = "decay of adamw's second moment",
           .minimum = 0,
           .maximum = 1},
          {.name = "epsilon",
           .default_value = 1e-8,
           .help = "added to adamw's denominator",
           .minimum = 0}};
}

std::vector<sla::Parameter> schedule_schema() {
  return {{.name = "name",
           .default_value = "constant",
           .help = "how the learning rate moves",
           .choices = {"constant", "multi_step", "step", "cosine"}},
          {.name = "milestone_fractions",
           .default_value = Numbers{},
           .help = "where multi_step changes the rate, as fractions of the run",
           .minimum = 0,
           .maximum = 1},
          {.name = "milestone_epochs",
           .default_value = Numbers{},
           .help = "where multi_step changes the rate, in epochs",
           .minimum = 0},
          {.name = "step_epochs",
           .default_value = 30.0,
           .help = "epochs between the changes of step",
           .minimum = 1e-3},
          {.name = "gamma",
           .default_value = Numbers{0.1},
           .help = "factor of each change, or one factor per milestone",
           .minimum = 0},
          {.name = "final_factor",
           .default_value = 0.0,
           .help = "factor at the end of cosine",
           .minimum = 0},
          {.name = "warmup_epochs",
           .default_value = 0.0,
           .help = "length of a linear warm-up, in epochs",
           .minimum = 0},
          {.name = "warmup_iterations",
           .default_value = 0,
           .help = "length of a linear warm-up, in iterations",
           .minimum = 0},
          {.name = "warmup_per_epoch",
           .default_value = false,
           .help = "whether the warm-up rises once an epoch instead of at each iteration"}};
}

std::vector<sla::Parameter> training_schema() {
  return {
      {.name = "batch_size",
       .default_value = 128,
       .help = "images of an iteration, before transformations",
       .minimum = 1},
      {.name = "total_iterations", .default_value = 0, .help = "length of the run", .minimum = 0},
      {.name = "total_epochs", .default_value = 0, .help = "length of the run", .minimum = 0},
      {.name = "sampler",
       .default_value = "independent",
       .help = "how batches are drawn",
       .choices = {"independent", "epoch"}},
      {.name = "precision",
       .default_value = "fp32",
       .help = "number format of the model",
       .choices = {"fp32", "bf16", "fp64"}},
      {.name = "validate_every_iterations",
       .default_value = 0,
       .help = "iterations between validations, each with a checkpoint",
       .minimum = 0},
      {.name = "validate_every_epochs",
       .default_value = 0,
       .help = "epochs between validations, each with a checkpoint",
       .minimum = 0},
      {.name = "log_every_iterations",
       .default_value = 50,
       .help = "iterations between lines of log and metrics",
       .minimum = 1},
      {.name = "select",
       .default_value = "",
       .help = "metric that chooses the best checkpoint: SPLIT.PREDICTION.METRIC, or last"},
      {.name = "nonfinite_loss",
       .default_value = "stop",
       .help = "what to do where a loss or a gradient is not finite",
       .choices = {"stop", "check", "skip"}}};
}

std::vector<sla::Parameter> checkpoints_schema() {
  return {{.name = "every_iterations",
           .default_value = 0,
           .help = "iterations between checkpoints, beside those of validations; 0: only those",
           .minimum = 0},
          {.name = "keep",
           .default_value = 2,
           .help = "how many of the latest checkpoints are kept",
           .minimum = 1,
           .maximum = 1000}};
}

std::vector<sla::Parameter> protocol_schema() {
  return {{.name = "accept",
           .default_value = std::vector<std::string>{},
           .help = "departures from the protocol that are meant; a refusal says their words"}};
}

std::vector<sla::Parameter> evaluation_schema() {
  return {{.name = "batch_size",
           .default_value = 250,
           .help = "images of a batch, before transformations",
           .minimum = 1},
          {.name = "predictions",
           .default_value = std::vector<std::string>{},
           .help = "predictions to score; empty: all that the objective offers"}};
}

std::vector<sla::Parameter> runtime_schema() {
  return {{.name = "device",
           .default_value = "auto",
           .help = "cpu, cuda, cuda:1, or auto: cuda where there is one"},
          {.name = "threads",
           .default_value = 0,
           .help = "threads of the CPU; 0: as many as cores",
           .minimum = 0,
           .maximum = 1024}};
}

std::vector<sla::Parameter> published_schema() {
  return {{.name = "metric",
           .default_value = "",
           .help = "PREDICTION.METRIC of the test split",
           .required = true},
          {.name = "value", .default_value = 0.0, .help = "what was published", .required = true},
          {.name = "source",
           .default_value = "",
           .help = "where: authors, venue, table",
           .required = true},
          {.name = "profiles",
           .default_value = std::vector<std::string>{},
           .help = "the profiles that it is of, all of them and no others"}};
}

}  // namespace host::experiment
