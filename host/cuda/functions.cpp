#include "host/cuda/functions.h"

#define USE_C10D_NCCL
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAFunctions.h>
#include <cuda_runtime_api.h>
#include <nccl.h>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>

#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 11)
#define SLA_CAN_RECORD
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDAGuard.h>
#endif

namespace host::cuda {

namespace {

#ifdef SLA_CAN_RECORD

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

class Graph : public RecordedWork {
 public:
  Graph(at::Device device, const std::function<void()>& work) {
    const c10::cuda::CUDAGuard guard(device);
    // What ordinary steps needed is free now, and the graph cannot use it.
    c10::cuda::device_synchronize();
    c10::cuda::CUDACachingAllocator::emptyCache();
    // CUDA does not record its default stream.
    const c10::cuda::CUDAStreamGuard stream(c10::cuda::getStreamFromPool());
    // Other threads load batches meanwhile, and may allocate.
    graph_.capture_begin(at::cuda::graph_pool_handle(), cudaStreamCaptureModeThreadLocal);
    try {
      const WaitingForbidden forbidden;
      work();
    } catch (...) {
      end();
      throw;
    }
    end();
  }

  void launch() override { graph_.replay(); }

 private:
  void end() {
    try {
      graph_.capture_end();
    } catch (const std::exception& error) {
      throw BrokenRecord(error.what());
    }
  }

  at::cuda::CUDAGraph graph_;
};

std::unique_ptr<RecordedWork> record(at::Device device, const std::function<void()>& work) {
  return std::make_unique<Graph>(device, work);
}

#endif

/// Structures of NCCL grow from version to version, and CUDA's change with its first number.
std::string obstacle() {
  int cuda = 0;
  int nccl = 0;
  if (cudaRuntimeGetVersion(&cuda) != cudaSuccess || ncclGetVersion(&nccl) != ncclSuccess) {
    return "libsla_cuda.so: CUDA or NCCL does not tell its version";
  }
  if (cuda / 1000 == CUDART_VERSION / 1000 && nccl / 100 == NCCL_VERSION_CODE / 100) return "";
  const auto text = [](int cuda_version, int nccl_version) {
    return "CUDA " + std::to_string(cuda_version / 1000) + " and NCCL " +
           std::to_string(nccl_version / 10000) + "." + std::to_string(nccl_version / 100 % 100);
  };
  return "libsla_cuda.so for " + text(cuda, nccl) + ", and finds one for " +
         text(CUDART_VERSION, NCCL_VERSION_CODE);
}

Backend nccl(const c10::intrusive_ptr<c10d::Store>& store, int rank, int size,
             std::chrono::seconds timeout) {
  auto options = c10d::ProcessGroupNCCL::Options::create();
  options->timeout = timeout;
  return c10::make_intrusive<c10d::ProcessGroupNCCL>(
      c10::make_intrusive<c10d::PrefixStore>("nccl", store), rank, size, options);
}

double peak_mib() {
  const auto stats = c10::cuda::CUDACachingAllocator::getDeviceStats(c10::cuda::current_device());
  return static_cast<double>(stats.reserved_bytes[0].peak) / (1 << 20);
}

}  // namespace

}  // namespace host::cuda

extern "C" __attribute__((visibility("default"))) const host::cuda::Functions*
sla_cuda_functions() {
  static const host::cuda::Functions functions{.version = host::cuda::kVersion,
                                               .obstacle = &host::cuda::obstacle,
#ifdef SLA_CAN_RECORD
                                               .record = &host::cuda::record,
#else
                                               .record = nullptr,
#endif
                                               .nccl = &host::cuda::nccl,
                                               .peak_mib = &host::cuda::peak_mib};
  return &functions;
}
