#include "host/experiment/schema.h"

#include "host/experiment/choices.h"

namespace host::experiment {

namespace {

using Numbers = std::vector<double>;

}  // namespace

std::vector<std::string> section_names() {
  return {"dataset",       "model",     "objective", "transformation", "augmentation",
          "normalisation", "optimizer", "schedule",  "training",       "checkpoints",
          "evaluation",    "protocol",  "runtime",   "published",      "parameter_group"};
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

std::vector<sla::Parameter> initial_weights_schema() {
  return {{.name = "weights",
           .default_value = "",
           .help = "file or finished run to start from; empty: random weights",
           .is_path = true}};
}

std::vector<sla::Parameter> normalisation_schema() {
  return {{.name = "mean",
           .default_value = Numbers{0.5},
           .help = "per-channel mean, in 0..1",
           .maximum = 1},
          {.name = "std",
           .default_value = Numbers{0.5},
           .help = "per-channel standard deviation, in 0..1",
           .minimum = 1e-6}};
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
  return {
      {.name = "batch_size",
       .default_value = 250,
       .help = "images per batch, before transformations",
       .minimum = 1,
       .maximum = 1e9},
      {.name = "predictions",
       .default_value = std::vector<std::string>{},
       .help = "predictions to score; empty: all of the objective's"},
      {.name = "ten_crop_margin",
       .default_value = 0,
       .help = "average the logits of ten crops, at the centre and the corners after padding by "
               "so many pixels, and mirrored; 0: only the image itself",
       .minimum = 0,
       .maximum = 1024}};
}

std::vector<sla::Parameter> runtime_schema() {
  return {
      {.name = "device",
       .default_value = "auto",
       .help = "cpu, cuda, cuda:1, or auto: cuda if available"},
      {.name = "threads",
       .default_value = 0,
       .help = "CPU threads; 0: one per core that the process may use, or OMP_NUM_THREADS",
       .minimum = 0,
       .maximum = 1024},
      {.name = "loading_threads",
       .default_value = 0,
       .help = "threads that load batches; 0: on a GPU one per processor, at most 8, else 1",
       .minimum = 0,
       .maximum = 1024},
      {.name = "kernels",
       .default_value = "auto",
       .help = "convolutions on the CPU: own (needs AVX2); mixed: own for the shapes for which "
               "they are faster with AVX-512; libtorch; auto: what is fastest on the processor. "
               "Results differ by rounding",
       .choices = names_of(kKernels)},
      {.name = "graph",
       .default_value = "auto",
       .help = "record a GPU's training steps as CUDA graphs; auto: if they can be",
       .choices = names_of(kGraphs)},
      {.name = "tf32",
       .default_value = false,
       .help = "let a GPU round the inputs of float32 products and convolutions to TF32, whose "
               "mantissa "
               "has 10 bits"},
      {.name = "autotune",
       .default_value = false,
       .help = "let cuDNN time its algorithms on a GPU and take the fastest, which may differ from "
               "run to run"},
      {.name = "deterministic",
       .default_value = false,
       .help = "use only deterministic algorithms; stops where LibTorch has none"},
      {.name = "timeout",
       .default_value = 600,
       .help = "seconds that a process waits for the others of its run before it gives up",
       .minimum = 1,
       .maximum = 1e6}};
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
