#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace host::experiment {

/// [augmentation]: random changes of training images that keep their label.
struct AugmentationOptions {
  /// Zero-padding of a random crop back to the image's size, in pixels; 0: no crop.
  int64_t crop_padding = 0;
  /// Mirrors an image left-right with probability 1/2.
  bool horizontal_flip = false;
};

/// [normalisation]: x becomes (x - mean) / std, for x in 0..1, per channel (or one value for all).
struct NormalisationOptions {
  std::vector<double> mean = {};
  std::vector<double> std = {};
};

/// [optimizer]
struct OptimizerOptions {
  /// "sgd" or "adamw".
  std::string name = {};
  double learning_rate = 0;
  /// Factor of the parameter that is added to its gradient (sgd) or taken off it (adamw).
  double weight_decay = 0;
  /// sgd only.
  double momentum = 0;
  bool nesterov = false;
  /// adamw only.
  double beta1 = 0;
  double beta2 = 0;
  double epsilon = 0;
};

/// [schedule]: the learning rate's factor at each iteration.
struct ScheduleOptions {
  /// "constant", "multi_step", "step" or "cosine".
  std::string name = {};
  /// multi_step: where the factor changes, as fractions of the run or as epochs; one of the two.
  std::vector<double> milestone_fractions = {};
  std::vector<double> milestone_epochs = {};
  /// step: the factor changes each time so many epochs have passed.
  double step_epochs = 0;
  /// What each change multiplies the rate by; a list gives each milestone its own factor.
  std::vector<double> gamma = {};
  /// cosine: the factor at the end.
  double final_factor = 0;
  /// Length of a linear warm-up from zero, laid over any schedule; one of the two.
  double warmup_epochs = 0;
  int64_t warmup_iterations = 0;
  /// Whether the warm-up rises once an epoch, as published recipes have it, or at each iteration.
  bool warmup_per_epoch = false;
};

/// [training]
struct TrainingOptions {
  /// Images of one iteration, before the transformations multiply them.
  int64_t batch_size = 0;
  /// Length of the run; exactly one of the two is given.
  int64_t total_iterations = 0;
  int64_t total_epochs = 0;
  /// "independent": each batch without replacement but independent of the others; "epoch": every
  /// image once per epoch. A dataset with its own sampler overrules it.
  std::string sampler = {};
  /// "fp32", "bf16" (autocast, float32 weights) or "fp64".
  std::string precision = {};
  /// Distance of validations; exactly one of the two is given.
  int64_t validate_every_iterations = 0;
  int64_t validate_every_epochs = 0;
  /// Distance of lines in log and metrics.
  int64_t log_every_iterations = 0;
  /// The metric that chooses the best checkpoint, SPLIT.PREDICTION.METRIC; empty: accuracy of the
  /// objective's first prediction on the validation split; "last": none, the last one is taken.
  std::string select = {};
  /// What happens where a loss or a gradient is not finite: "stop", on a GPU at the next line of
  /// the log; "check", stop right before it, which waits for a GPU in each iteration; or "skip" the
  /// iteration, which waits as well.
  std::string nonfinite_loss = {};
};

/// [checkpoints]: how a run is saved; may differ between a run and its continuation.
struct CheckpointOptions {
  /// Iterations between checkpoints, beside those that each validation writes; 0: only those.
  int64_t every_iterations = 0;
  /// How many of the latest are kept.
  int64_t keep = 0;
};

/// [protocol]
struct ProtocolOptions {
  /// What would else be refused, in words; see host/training/protocol.h.
  std::vector<std::string> accept = {};
};

/// [evaluation]
struct EvaluationOptions {
  /// Images of one batch, before the transformations multiply them.
  int64_t batch_size = 0;
  /// Which of the objective's predictions to score; empty: all.
  std::vector<std::string> predictions = {};
};

/// [[published]]: a value that a paper gives for this experiment, printed beside the run's own.
struct PublishedValue {
  /// PREDICTION.METRIC, of the test split.
  std::string metric = {};
  double value = 0;
  /// Where it stands: authors, venue, table.
  std::string source = {};
};

/// [runtime]: where it runs; may differ between a run and its continuation.
struct RuntimeOptions {
  /// "cpu", "cuda", "cuda:1", or "auto": cuda where there is one.
  std::string device = {};
  /// Threads of the CPU; 0: as many as it has cores.
  int64_t threads = 0;
};

}  // namespace host::experiment
