#pragma once

#include <c10/core/Device.h>
#include <c10/util/intrusive_ptr.h>
#include <torch/version.h>
#include <torch/csrc/distributed/c10d/ProcessGroup.hpp>
#include <torch/csrc/distributed/c10d/Store.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

namespace host::cuda {

/// What exchanges tensors between processes.
#if TORCH_VERSION_MAJOR >= 2
using Backend = c10::intrusive_ptr<c10d::Backend>;
#else
using Backend = c10::intrusive_ptr<c10d::ProcessGroup>;
#endif

/// Work on a GPU that was recorded once and is launched as a whole: a CUDA graph.
class RecordedWork {
 public:
  virtual ~RecordedWork() = default;

  /// Launches the work in the current stream, with the current seed of the GPU's generator.
  virtual void launch() = 0;
};

/// A record that failed and left CUDA unusable in this process.
class BrokenRecord : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What libsla_cuda.so does for the program: all that takes CUDA's headers.
struct Functions {
  /// kVersion of its build.
  const char* version;

  /// Why it cannot work with the CUDA and NCCL of this process; empty if it can.
  std::string (*obstacle)();

  /// Records what `work` launches on `device`, a GPU with its number; nothing is computed. What
  /// `work` allocates and keeps belongs to the record: each launch writes it anew. Throws what
  /// `work` throws, and c10::Error if it waits for the GPU or copies memory that is not
  /// page-locked; after that all is as before, except after BrokenRecord. nullptr if LibTorch is
  /// older than 2.11.
  std::unique_ptr<RecordedWork> (*record)(at::Device device, const std::function<void()>& work);

  /// NCCL, for tensors on GPUs, among `size` processes that meet at `store`.
  Backend (*nccl)(const c10::intrusive_ptr<c10d::Store>& store, int rank, int size,
                  std::chrono::seconds timeout);

  /// The most memory, in MiB, that LibTorch has reserved on the current GPU.
  double (*peak_mib)();
};

/// The builds that fit each other.
constexpr const char* kVersion = "interface " SLA_CUDA_INTERFACE ", LibTorch " TORCH_VERSION;

/// The name of the function without arguments by which libsla_cuda.so gives a const Functions*.
constexpr const char* kEntry = "sla_cuda_functions";

}  // namespace host::cuda
