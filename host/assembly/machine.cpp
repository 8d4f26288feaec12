#include "host/assembly/machine.h"

#include <ATen/Parallel.h>

#include <dlfcn.h>
#include <sla/nn/detail/kernel_choice.h>
#include <spdlog/spdlog.h>
#include <torch/cuda.h>

#include <algorithm>
#include <cstdlib>

#include "host/base/errors.h"
#include "host/base/libtorch.h"
#include "host/base/processors.h"
#include "host/experiment/choices.h"

namespace host::assembly {

namespace {

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
}

}  // namespace host::assembly
