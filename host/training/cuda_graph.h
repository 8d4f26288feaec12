#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <memory>
#include <string>

#include "host/base/errors.h"

namespace host::cuda {
class RecordedWork;
}

namespace host::training {

/// Recording failed and left CUDA unusable in this process.
class BrokenRecordError : public PluginError {
 public:
  using PluginError::PluginError;
};

/// Work on a GPU that was recorded once and is launched as a whole: a CUDA graph.
class CudaGraph {
 public:
  /// What graphs need and this program does not find; empty if it has all.
  static std::string obstacle();

  /// As cuda::Functions::record() does, but throws BrokenRecordError instead of BrokenRecord.
  /// There must be no obstacle.
  CudaGraph(at::Device device, const std::function<void()>& work);
  ~CudaGraph();
  CudaGraph(const CudaGraph&) = delete;
  CudaGraph& operator=(const CudaGraph&) = delete;

  /// As cuda::RecordedWork::launch() does.
  void launch();

 private:
  std::unique_ptr<cuda::RecordedWork> record_;
};

}  // namespace host::training
