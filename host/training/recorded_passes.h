#pragma once

#include <sla/batch.h>
#include <sla/loss.h>
#include <sla/phase.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "host/assembly/assembly.h"
#include "host/training/cuda_graph.h"
#include "host/training/step_buffers.h"

namespace host::training {

/// The forward and backward passes of whole batches, on a GPU as CUDA graphs. A step launches
/// hundreds of kernels, and launching those of a small network takes the CPU longer than running
/// them takes the GPU; a graph is launched at once. Each shape of batches has one, for one phase of
/// training. It is recorded after a few ordinary steps, in which LibTorch chooses its algorithms,
/// and used if it computes what the next ordinary step computes.
class RecordedPasses {
 public:
  /// Computes the loss of a batch on the device and the gradients of the network's parameters.
  using Passes = std::function<sla::Loss(const sla::Batch&)>;

  /// `assembly` and `buffers`, which remember those at the beginning of each step, must outlive
  /// this object. Throws ExperimentError if runtime.graph = "on" and there can be no graphs.
  RecordedPasses(const assembly::Assembly& assembly, StepBuffers& buffers);

  /// What `passes` computes of `batch`, by launching its graph if there is one. LibTorch's
  /// generators must have this step's seed. What cannot be recorded is computed step by step, with
  /// a warning; if runtime.graph = "on", it throws PluginError.
  sla::Loss operator()(const sla::Phase& phase, const sla::Batch& batch, const Passes& passes);

 private:
  /// The passes of one shape of batches.
  struct Recording {
    int64_t ordinary_steps = 0;
    /// On the device; each step's batch is copied there.
    sla::Batch batch;
    std::unique_ptr<CudaGraph> graph;
    /// Written by the graph: the loss, and gradients by the number of their parameter.
    std::optional<sla::Loss> loss;
    std::map<size_t, at::Tensor> gradients;
  };

  /// Records and launches; leaves network and generators as they were. Returns why it failed; empty
  /// if it did not.
  std::string try_out(Recording& recording, const sla::Batch& batch, const Passes& passes);
  void record(Recording& recording, const sla::Batch& batch, const Passes& passes);
  void launch(Recording& recording, const sla::Batch& batch);
  /// Whether the last launch computed this loss and the gradients that the parameters now have.
  bool agrees(const Recording& recording, const sla::Loss& loss) const;
  void give_up(const std::string& reason);

  const assembly::Assembly& assembly_;
  StepBuffers& buffers_;
  std::vector<at::Tensor> parameters_;
  bool is_recording_;
  std::string phase_;
  std::map<std::string, Recording> recordings_;
};

}  // namespace host::training
