#include "host/training/cuda_graph.h"

#include "host/cuda/library.h"

namespace host::training {

std::string CudaGraph::obstacle() {
  const auto& library = cuda::library();
  if (library.functions == nullptr) return library.obstacle;
  return library.functions->record == nullptr ? "LibTorch 2.11 or later" : "";
}

CudaGraph::CudaGraph(at::Device device, const std::function<void()>& work) {
  std::string reason = "what it launched cannot be recorded";
  try {
    record_ = cuda::library().functions->record(device, [&] {
      try {
        work();
      } catch (const std::exception& error) {
        reason = message_of(error);
        throw;
      }
    });
  } catch (const cuda::BrokenRecord&) {
    throw BrokenRecordError("a CUDA graph could not be recorded: " + reason +
                            "; CUDA cannot go on after that: resume with runtime.graph = \"off\"");
  }
}

CudaGraph::~CudaGraph() = default;

void CudaGraph::launch() { record_->launch(); }

}  // namespace host::training
