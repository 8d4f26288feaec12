#include "host/training/cuda_graph.h"

#include <stdexcept>

#ifdef SLA_WITH_CUDA_GRAPHS
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDAGuard.h>
#endif

namespace host::training {

#ifdef SLA_WITH_CUDA_GRAPHS

namespace {

/// Makes LibTorch refuse, while this object lives, what waits for the GPU: CUDA itself would let
/// the whole record fail, and LibTorch's generator with it.
class WaitingForbidden {
 public:
  WaitingForbidden() { set(c10::cuda::SyncDebugMode::L_ERROR); }
  ~WaitingForbidden() { set(before_); }
  WaitingForbidden(const WaitingForbidden&) = delete;
  WaitingForbidden& operator=(const WaitingForbidden&) = delete;

 private:
  static void set(c10::cuda::SyncDebugMode mode) {
    c10::cuda::warning_state().set_sync_debug_mode(mode);
  }

  c10::cuda::SyncDebugMode before_ = c10::cuda::warning_state().get_sync_debug_mode();
};

}  // namespace

struct CudaGraph::Record {
  at::cuda::CUDAGraph graph;
};

bool CudaGraph::is_available() { return true; }

CudaGraph::CudaGraph(const std::function<void()>& work, const CudaGraph* earlier)
    : record_(std::make_unique<Record>()) {
  const auto memory =
      earlier != nullptr ? earlier->record_->graph.pool() : at::cuda::graph_pool_handle();
  // What ordinary steps needed is free now, and the graph cannot use it.
  c10::cuda::device_synchronize();
  c10::cuda::CUDACachingAllocator::emptyCache();
  // CUDA does not record its default stream.
  const c10::cuda::CUDAStreamGuard stream(c10::cuda::getStreamFromPool());
  // Other threads load batches meanwhile, and may allocate.
  record_->graph.capture_begin(memory, cudaStreamCaptureModeThreadLocal);
  try {
    const WaitingForbidden forbidden;
    work();
  } catch (const std::exception& error) {
    const std::string reason = message_of(error);
    try {
      record_->graph.capture_end();
    } catch (const std::exception&) {
      throw BrokenRecordError(
          "a CUDA graph could not be recorded: " + reason +
          "; CUDA cannot go on after that: resume with runtime.graph = \"off\"");
    }
    throw;
  }
  record_->graph.capture_end();
}

void CudaGraph::launch() { record_->graph.replay(); }

#else

struct CudaGraph::Record {};

bool CudaGraph::is_available() { return false; }

CudaGraph::CudaGraph(const std::function<void()>& /*work*/, const CudaGraph* /*earlier*/) {
  throw std::logic_error("this program was built without CUDA's headers");
}

void CudaGraph::launch() {}

#endif

CudaGraph::~CudaGraph() = default;

}  // namespace host::training
