#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace host::experiment {

/// [normalisation]: x becomes (x - mean) / std, for x in 0..1, per channel (or one value for all).
struct NormalisationOptions {
  std::vector<double> mean = {};
  std::vector<double> std = {};
};

/// The update rule.
enum class OptimizerKind { sgd, adamw };

/// [optimizer]
struct OptimizerOptions {
  OptimizerKind kind = {};
  double learning_rate = 0;
  /// Factor of the parameter added to its gradient (sgd) or subtracted from the parameter (adamw).
  double weight_decay = 0;
  /// Whether it also applies to parameters of at most one dimension.
  bool decay_norms_and_biases = true;
  /// sgd only.
  double momentum = 0;
  bool nesterov = false;
  /// adamw only.
  double beta1 = 0;
  double beta2 = 0;
  double epsilon = 0;
};

/// [[parameter_group]]: how parameters whose names match a pattern are trained. If several match,
/// the last one counts.
struct ParameterGroup {
  /// Of state names, with * and ?: "base_model.layer1.*".
  std::string pattern = {};
  bool frozen = false;
  /// Factors of the learning rate and of the weight decay.
  double learning_rate_factor = 1;
  double weight_decay_factor = 1;
  /// Its place in the experiment, for messages.
  std::string where = {};
};

/// How the learning rate moves.
enum class ScheduleKind { constant, multi_step, step, cosine };

/// [schedule]: the learning rate's factor at each iteration.
struct ScheduleOptions {
  ScheduleKind kind = {};
  /// multi_step: milestones as fractions of the run or as epochs; one of the two.
  std::vector<double> milestone_fractions = {};
  std::vector<double> milestone_epochs = {};
  /// step: epochs between changes of the factor.
  double step_epochs = 0;
  /// The factor of each change; a list gives each milestone its own.
  std::vector<double> gamma = {};
  /// cosine: the final factor.
  double final_factor = 0;
  /// Length of a linear warm-up from zero, combined with any schedule; one of the two.
  double warmup_epochs = 0;
  int64_t warmup_iterations = 0;
  /// Whether the warm-up rises once per epoch, as in published recipes, or at each iteration.
  bool warmup_per_epoch = false;
};

/// How the host draws batches; a dataset with its own sampler overrules it.
enum class TrainingSampler {
  /// Each batch without replacement, independently of the others.
  independent,
  /// Every image once per epoch.
  epoch
};

/// Number format of the model's computation; bf16 is autocast over float32 weights.
enum class Precision { fp32, bf16, fp64 };

/// What happens if a loss or a gradient is not finite.
enum class NonFinite {
  /// Stop; on a GPU at the next line of the log.
  stop,
  /// Stop right before it, which waits for a GPU in each iteration.
  check,
  /// Leave the iteration out, which waits as well.
  skip
};

/// [training]
struct TrainingOptions {
  /// Images per iteration, before transformations multiply them.
  int64_t batch_size = 0;
  /// Length of the run; exactly one of the two is set.
  int64_t total_iterations = 0;
  int64_t total_epochs = 0;
  /// The length, in the same unit, at which the run was extended although its course depends on it;
  /// 0: not extended.
  int64_t extended_at = 0;
  TrainingSampler sampler = {};
  Precision precision = {};
  /// Validation interval; exactly one of the two is set.
  int64_t validate_every_iterations = 0;
  int64_t validate_every_epochs = 0;
  /// Training images that each validation scores; at most as many as the validation split has.
  int64_t training_sample = 0;
  /// Interval of log lines and metrics.
  int64_t log_every_iterations = 0;
  /// The metric that selects the best checkpoint, SPLIT.PREDICTION.METRIC; empty: accuracy of the
  /// objective's first prediction on the validation split; "last": use the last checkpoint.
  std::string select = {};
  NonFinite nonfinite_loss = {};
  /// The largest norm of all gradients together; longer ones are scaled down. 0: any.
  double clip_gradient_norm = 0;
  /// Decay of the moving averages of the weights, which are then what is evaluated; 0: none.
  double average_decay = 0;
  /// Parts of each batch whose gradients are added; 0: as many as there are processes.
  int64_t accumulate = 0;
  /// Whether batch normalisation takes its statistics from the parts of all processes together.
  bool sync_batch_norm = false;
  /// Validations without a better one after which training stops; 0: it never does.
  int64_t early_stopping = 0;
};

/// [checkpoints]: how a run is saved; may change when it is resumed.
struct CheckpointOptions {
  /// Iterations between checkpoints, in addition to one per validation; 0: none in addition.
  int64_t every_iterations = 0;
  /// How many of the latest to keep.
  int64_t keep = 0;
};

/// [protocol]
struct ProtocolOptions {
  /// Deliberate exceptions, quoting the error text; see host/run/protocol.h.
  std::vector<std::string> accept = {};
};

/// [evaluation]
struct EvaluationOptions {
  /// Images per batch, before transformations multiply them.
  int64_t batch_size = 0;
  /// Which of the objective's predictions to score; empty: all.
  std::vector<std::string> predictions = {};
  /// Padding, in pixels, of the crops whose logits are averaged; 0: the images themselves.
  int64_t ten_crop_margin = 0;
};

/// [[published]]: a paper's result for this experiment, printed next to the run's own.
struct PublishedValue {
  /// PREDICTION.METRIC of the test split.
  std::string metric = {};
  double value = 0;
  /// The source: authors, venue, table.
  std::string source = {};
};

/// Whose kernels compute the convolutions of sla::nn on the CPU; results differ by rounding.
enum class Kernels {
  /// The fastest choice for the processor.
  automatic,
  /// Our own if they support the shape.
  own,
  /// Our own if they are faster for the shape with AVX-512.
  mixed,
  libtorch
};

/// Whether a GPU's training steps are recorded as CUDA graphs.
enum class Graph {
  /// If they can be.
  automatic,
  on,
  off
};

/// [runtime]: where it runs; may change when the run is resumed.
struct RuntimeOptions {
  /// "cpu", "cuda", "cuda:1", or "auto": cuda if available.
  std::string device = {};
  /// CPU threads; 0: one per processor that the process may use.
  int64_t threads = 0;
  /// Threads that load batches; 0: see loading_threads() in host/assembly/machine.h.
  int64_t loading_threads = 0;
  Kernels kernels = {};
  Graph graph = {};
  /// Whether a GPU may round the inputs of float32 products and convolutions to TF32.
  bool tf32 = false;
  /// Whether cuDNN tries its algorithms and takes the fastest.
  bool autotune = false;
  /// Whether to use only deterministic algorithms.
  bool deterministic = false;
  /// How many seconds a process waits for the others of its run.
  int64_t timeout = 0;
};

}  // namespace host::experiment
