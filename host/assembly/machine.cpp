#include "host/assembly/machine.h"

#include <ATen/Parallel.h>

#include <dlfcn.h>
#include <malloc.h>
#include <sla/nn/detail/kernel_choice.h>
#include <spdlog/spdlog.h>
#include <sys/mman.h>
#include <torch/cuda.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>

#include "host/base/errors.h"
#include "host/base/libtorch.h"
#include "host/base/processors.h"
#include "host/experiment/choices.h"

namespace host::assembly {

namespace {

constexpr uintptr_t kHugePage = uintptr_t{1} << 21;
/// Largest allocation served from the heap.
constexpr int kLargest = 1 << 30;
/// How many blocks of kLargest to prepare for huge pages: more than larger models' steps need.
constexpr size_t kReserved = 4;

void advise_huge_pages(void* block, size_t size) {
  const auto begin = reinterpret_cast<uintptr_t>(block);
  const uintptr_t first = (begin + kHugePage - 1) / kHugePage * kHugePage;
  const uintptr_t last = (begin + size) / kHugePage * kHugePage;
  // A failure only costs speed.
  if (first < last)
    madvise(static_cast<char*>(block) + (first - begin), last - first, MADV_HUGEPAGE);
}

/// Makes malloc keep the memory that a step frees for the next step, in huge pages if the
/// system grants them. Call before the first large allocation; has no other effect.
void keep_freed_memory() {
  // Activations of tens of MiB exceed malloc's default mmap threshold, so each step would fault
  // their pages in again, a third of its time. Kept in the heap, the pages are reused.
  mallopt(M_MMAP_THRESHOLD, kLargest);
  mallopt(M_TRIM_THRESHOLD, -1);
  // One heap for all threads: per-thread heaps return freed memory to the system.
  mallopt(M_ARENA_MAX, 1);

  // Grow the heap by untouched blocks, which take address space but no memory. Once freed, they
  // stay in the heap, and later allocations there get huge pages.
  std::array<void*, kReserved> blocks{};
  constexpr size_t size = kLargest - kHugePage;
  for (void*& block : blocks) {
    block = std::malloc(size);
    if (block != nullptr) advise_huge_pages(block, size);
  }
  for (void* block : blocks) std::free(block);
}

/// OpenBLAS built without threads keeps intermediate values where all callers write: LibTorch's
/// threads, which call it at the same time, get each other's.
void refuse_unsafe_blas() {
  if (at::get_num_threads() == 1) return;
  // Defined by OpenBLAS alone; 0: without threads, 1: with its own, 2: with OpenMP's.
  void* const found = dlsym(RTLD_DEFAULT, "openblas_get_parallel");
  if (found == nullptr || reinterpret_cast<int (*)()>(found)() != 0) return;
  throw Error(
      "LibTorch's matrix products come from an OpenBLAS without threads (libopenblas0-serial), "
      "whose results are wrong if several threads call it: install libopenblas0-openmp, or set "
      "runtime.threads = 1");
}

/// Each plugin links a copy of the SDK's layers: the environment is what the copies share.
void choose_kernels(experiment::Kernels kernels) {
  constexpr const char* kVariable = "SLA_KERNELS";
  if (kernels == experiment::Kernels::automatic) {
    unsetenv(kVariable);
    return;
  }
  const std::string name = experiment::name_of(experiment::kKernels, kernels);
  setenv(kVariable, name.c_str(), /*overwrite=*/1);
  if (name != name_of(sla::nn::detail::chosen_kernels(at::kFloat))) {
    spdlog::warn(
        "runtime.kernels = \"{}\" needs a processor with AVX2 and FMA, which this one lacks: "
        "LibTorch's kernels compute instead",
        name);
  }
}

}  // namespace

int64_t loading_threads(const experiment::RuntimeOptions& options, at::Device device) {
  if (options.loading_threads > 0) return options.loading_threads;
  constexpr int kMost = 8;
  return device.is_cuda() ? std::min(usable_processors(), kMost) : 1;
}

at::Device device_of(const std::string& name, const distributed::Place& place) {
  if (name == "auto") return device_of(torch::cuda::is_available() ? "cuda" : "cpu", place);
  try {
    at::Device device(name);
    if (name == "cuda" && place.size > 1) {
      device.set_index(static_cast<at::DeviceIndex>(place.local_rank));
    }
    const int number = std::max(0, static_cast<int>(device.index()));  // plain "cuda" is -1
    if (device.is_cuda() && number >= static_cast<int>(torch::cuda::device_count())) {
      throw ExperimentError("device '" + name + "' does not exist: this machine has " +
                            std::to_string(torch::cuda::device_count()) +
                            " CUDA devices that this LibTorch can use");
    }
    if (device.is_cuda() || device.is_cpu() || device.type() == at::kPrivateUse1) return device;
  } catch (const c10::Error&) {
    // Not a device name: handled below.
  }
  throw ExperimentError("device '" + name + "' is unknown; use cpu, cuda, cuda:N or auto");
}

void prepare_machine(const experiment::RuntimeOptions& options, int64_t local_processes) {
  at::set_num_threads(options.threads > 0 ? static_cast<int>(options.threads)
                                          : usable_processors_each(local_processes));
  refuse_unsafe_blas();
  choose_kernels(options.kernels);
  if (options.autotune && options.deterministic) {
    throw ExperimentError(
        "runtime.autotune takes what is fastest at the moment, which may differ from run to run; "
        "leave it out, or runtime.deterministic");
  }
  libtorch::allow_tf32(options.tf32);
  at::globalContext().setBenchmarkCuDNN(options.autotune);
  libtorch::use_deterministic_algorithms(options.deterministic);
  // What cuBLAS needs for it, unless the user has set something else.
  if (options.deterministic) setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", /*overwrite=*/0);
  keep_freed_memory();
}

}  // namespace host::assembly
