#include "host/training/cuda_graph.h"

#include <stdexcept>
#include <string>

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

/// `reason` is why it would fail.
void end(at::cuda::CUDAGraph& graph, const std::string& reason) {
  try {
    graph.capture_end();
  } catch (const std::exception&) {
    throw BrokenRecordError("a CUDA graph could not be recorded: " + reason +
                            "; CUDA cannot go on after that: resume with runtime.graph = \"off\"");
  }
}

}  // namespace

struct CudaGraph::Record {
  at::cuda::CUDAGraph graph;
};

bool CudaGraph::is_available() { return true; }

CudaGraph::CudaGraph(at::Device device, const std::function<void()>& work)
    : record_(std::make_unique<Record>()) {
  const c10::cuda::CUDAGuard guard(device);
  // What ordinary steps needed is free now, and the graph cannot use it.
  c10::cuda::device_synchronize();
  c10::cuda::CUDACachingAllocator::emptyCache();
  // CUDA does not record its default stream.
  const c10::cuda::CUDAStreamGuard stream(c10::cuda::getStreamFromPool());
  // Other threads load batches meanwhile, and may allocate.
  record_->graph.capture_begin(at::cuda::graph_pool_handle(), cudaStreamCaptureModeThreadLocal);
  try {
    const WaitingForbidden forbidden;
    work();
  } catch (const std::exception& error) {
    end(record_->graph, message_of(error));
    throw;
  }
  end(record_->graph, "what it launched cannot be recorded");
}

void CudaGraph::launch() { record_->graph.replay(); }

#else

struct CudaGraph::Record {};

bool CudaGraph::is_available() { return false; }

CudaGraph::CudaGraph(at::Device /*device*/, const std::function<void()>& /*work*/) {
  throw std::logic_error("this program was built without CUDA's headers");
}

void CudaGraph::launch() {}

#endif

CudaGraph::~CudaGraph() = default;

}  // namespace host::training
