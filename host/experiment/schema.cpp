#include "host/experiment/schema.h"

#include "host/experiment/choices.h"

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
  return {{.name = "name",
           .default_value = "",
           .help = "the experiment's name; empty: the file's. Profiles are appended"},
          {.name = "seed",
           .default_value = 0,
           .help = "seed of all random numbers of the run",
           .minimum = 0},
          {.name = "plugin_path",
           .default_value = std::vector<std::string>{},
           .help = "folders searched first for plugins, relative to this file"},
          {.name = "stands_in_for",
           .default_value = "",
           .help = "the dataset plugin that the experiment is about, if --profile or --set has "
                   "replaced it; written by the host"}};
}

std::vector<sla::Parameter> component_schema() {
  return {{.name = "plugin",
           .default_value = "",
           .help = "a plugin in the search path, or the path of a .so",
           .required = true},
          {.name = "component",
           .default_value = "",
           .help = "the plugin's component; required if it has several of this kind"}};
}

std::vector<sla::Parameter> normalisation_schema() {
  return {{.name = "mean", .default_value = Numbers{0.5}, .help = "per-channel mean, in 0..1"},
          {.name = "std",
           .default_value = Numbers{0.5},
           .help = "per-channel standard deviation, in 0..1",
           .minimum = 1e-6}};
}

std::vector<sla::Parameter> optimizer_schema() {
  return {{.name = "name",
           .default_value = "sgd",
           .help = "optimizer",
           .choices = names_of(kOptimizers)},
          {.name = "learning_rate",
           .default_value = 0.1,
           .help = "base learning rate, multiplied by the schedule",
           .minimum = 0},
          {.name = "weight_decay",
           .default_value = 0.0,
           .help = "L2 penalty (sgd) or decoupled weight decay (adamw)",
           .minimum = 0},
          {.name = "momentum",
           .default_value = 0.9,
           .help = "sgd: momentum",
           .minimum = 0,
           .maximum = 1},
          {.name = "nesterov", .default_value = false, .help = "sgd: Nesterov momentum"},
          {.name = "beta1",
           .default_value = 0.9,
           .help = "adamw: decay of the first moment",
           .minimum = 0,
           .maximum = 1},
          {.name = "beta2",
           .default_value = 0.999,
           .help = "adamw: decay of the second moment",
           .minimum = 0,
           .maximum = 1},
          {.name = "epsilon",
           .default_value = 1e-8,
           .help = "adamw: term added to the denominator",
           .minimum = 0}};
}

std::vector<sla::Parameter> schedule_schema() {
  return {
      {.name = "name",
       .default_value = "constant",
       .help = "learning rate schedule",
       .choices = names_of(kSchedules)},
      {.name = "milestone_fractions",
       .default_value = Numbers{},
       .help = "multi_step: milestones, as fractions of the run",
       .minimum = 0,
       .maximum = 1},
      {.name = "milestone_epochs",
       .default_value = Numbers{},
       .help = "multi_step: milestones, in epochs",
       .minimum = 0},
      {.name = "step_epochs",
       .default_value = 30.0,
       .help = "step: epochs between changes",
       .minimum = 1e-3},
      {.name = "gamma",
       .default_value = Numbers{0.1},
       .help = "multi_step, step: factor of each change, or one per milestone",
       .minimum = 0},
      {.name = "final_factor", .default_value = 0.0, .help = "cosine: final factor", .minimum = 0},
      {.name = "warmup_epochs",
       .default_value = 0.0,
       .help = "length of a linear warm-up, in epochs",
       .minimum = 0},
      {.name = "warmup_iterations",
       .default_value = 0,
       .help = "length of a linear warm-up, in iterations",
       .minimum = 0,
       .maximum = 1e12},
      {.name = "warmup_per_epoch",
       .default_value = false,
       .help = "raise the warm-up once per epoch instead of at each iteration"}};
}

std::vector<sla::Parameter> training_schema() {
  return {{.name = "batch_size",
           .default_value = 128,
           .help = "images per iteration, before transformations",
           .minimum = 1,
           .maximum = 1e9},
          {.name = "total_iterations",
           .default_value = 0,
           .help = "number of iterations",
           .minimum = 0,
           .maximum = 1e12},
          {.name = "total_epochs",
           .default_value = 0,
           .help = "number of epochs",
           .minimum = 0,
           .maximum = 1e9},
          {.name = "extended_at",
           .default_value = 0,
           .help = "the length at which --extend has lengthened the run although its learning "
                   "rates depend on it; written by the host",
           .minimum = 0},
          {.name = "sampler",
           .default_value = "independent",
           .help = "how to sample batches",
           .choices = names_of(kSamplers)},
          {.name = "precision",
           .default_value = "fp32",
           .help = "floating-point precision",
           .choices = names_of(kPrecisions)},
          {.name = "validate_every_iterations",
           .default_value = 0,
           .help = "iterations between validations, each with a checkpoint",
           .minimum = 0,
           .maximum = 1e12},
          {.name = "validate_every_epochs",
           .default_value = 0,
           .help = "epochs between validations, each with a checkpoint",
           .minimum = 0,
           .maximum = 1e9},
          {.name = "log_every_iterations",
           .default_value = 50,
           .help = "iterations between log lines and metrics",
           .minimum = 1,
           .maximum = 1e12},
          {.name = "select",
           .default_value = "",
           .help = "metric that selects the best checkpoint: SPLIT.PREDICTION.METRIC, or last"},
          {.name = "nonfinite_loss",
           .default_value = "stop",
           .help = "what to do if a loss or gradient is not finite",
           .choices = names_of(kNonFinite)}};
}

std::vector<sla::Parameter> checkpoints_schema() {
  return {{.name = "every_iterations",
           .default_value = 0,
           .help = "iterations between extra checkpoints; 0: only at validations",
           .minimum = 0,
           .maximum = 1e12},
          {.name = "keep",
           .default_value = 2,
           .help = "how many of the latest checkpoints to keep",
           .minimum = 1,
           .maximum = 1000}};
}

std::vector<sla::Parameter> protocol_schema() {
  return {{.name = "accept",
           .default_value = std::vector<std::string>{},
           .help = "deliberate exceptions to the protocol, quoting the error text"}};
}

std::vector<sla::Parameter> evaluation_schema() {
  return {{.name = "batch_size",
           .default_value = 250,
           .help = "images per batch, before transformations",
           .minimum = 1,
           .maximum = 1e9},
          {.name = "predictions",
           .default_value = std::vector<std::string>{},
           .help = "predictions to score; empty: all of the objective's"}};
}

std::vector<sla::Parameter> runtime_schema() {
  return {{.name = "device",
           .default_value = "auto",
           .help = "cpu, cuda, cuda:1, or auto: cuda if available"},
          {.name = "threads",
           .default_value = 0,
           .help = "CPU threads; 0: one per core that the process may use, or OMP_NUM_THREADS",
           .minimum = 0,
           .maximum = 1024}};
}

std::vector<sla::Parameter> published_schema() {
  return {{.name = "metric",
           .default_value = "",
           .help = "PREDICTION.METRIC of the test split",
           .required = true},
          {.name = "value", .default_value = 0.0, .help = "published value", .required = true},
          {.name = "source",
           .default_value = "",
           .help = "source: authors, venue, table",
           .required = true},
          {.name = "profiles",
           .default_value = std::vector<std::string>{},
           .help = "the exact set of profiles that it applies to"}};
}

}  // namespace host::experiment
