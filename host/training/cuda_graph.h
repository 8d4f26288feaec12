#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <memory>

#include "host/base/errors.h"

namespace host::training {

/// Recording failed and left CUDA unusable in this process.
class BrokenRecordError : public PluginError {
 public:
  using PluginError::PluginError;
};

/// Work on a GPU that was recorded once and is launched as a whole: a CUDA graph.
class CudaGraph {
 public:
  /// Whether this program was built with CUDA's headers.
  static bool is_available();

  /// Records what `work` launches on `device`, a GPU with its number; nothing is computed. What
  /// `work` allocates and keeps belongs to the graph: each launch writes it anew. Throws what
  /// `work` throws, and c10::Error if it waits for the GPU or copies memory that is not
  /// page-locked; after that all is as before, except after BrokenRecordError.
  CudaGraph(at::Device device, const std::function<void()>& work);
  ~CudaGraph();
  CudaGraph(const CudaGraph&) = delete;
  CudaGraph& operator=(const CudaGraph&) = delete;

  /// Launches the work in the current stream, with the current seed of the GPU's generator.
  void launch();

 private:
  struct Record;

  std::unique_ptr<Record> record_;
};

}  // namespace host::training
