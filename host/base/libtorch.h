#pragma once

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/autocast_mode.h>
#include <dlfcn.h>
#include <torch/version.h>

#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 1)
#include <ATen/ops/_foreach_copy.h>
#endif

#include <cstdint>
#include <mutex>
#include <vector>

// API differences between LibTorch 1.13 and 2.x, and LibTorch's global state, in one place.
namespace host::libtorch {

/// The LibTorch generators used by a run on `device`: the CPU's and the device's.
inline std::vector<at::Generator> generators(at::Device device) {
  std::vector<at::Generator> all{at::globalContext().defaultGenerator(at::kCPU)};
  if (device.is_cuda()) all.push_back(at::globalContext().defaultGenerator(device));
  return all;
}

/// Seeds these generators; unlike at::manual_seed, touches no other device.
inline void seed(at::Device device, uint64_t value) {
  for (at::Generator generator : generators(device)) {
    const std::lock_guard lock(generator.mutex());
    generator.set_current_seed(value);
  }
}

/// Whether a GPU may round the inputs of float32 products and convolutions to TF32, with a mantissa
/// of 10 bits; by default, LibTorch does that for convolutions.
inline void allow_tf32(bool allow) {
  at::globalContext().setAllowTF32CuDNN(allow);
  at::globalContext().setAllowTF32CuBLAS(allow);
}

/// Whether operators without a deterministic algorithm throw; the others then use theirs.
inline void use_deterministic_algorithms(bool use) {
  at::globalContext().setDeterministicCuDNN(use);
  at::globalContext().setDeterministicAlgorithms(use, /*warn_only=*/false);
}

/// Makes LibTorch's operators use no other threads when this thread calls them. LibTorch's own
/// setting is for all threads; OpenMP's, which it uses, is for each.
inline void compute_in_this_thread_alone() {
  at::get_num_threads();  // LibTorch sets the number at its first use in a thread: not later
  auto* set_threads = reinterpret_cast<void (*)(int)>(dlsym(RTLD_DEFAULT, "omp_set_num_threads"));
  if (set_threads != nullptr) set_threads(1);
}

/// Copies each tensor of `from` into that of `to`, all of one type; on a device in one kernel, if
/// LibTorch is 2.1 or later.
inline void copy_all(const std::vector<at::Tensor>& to, const std::vector<at::Tensor>& from) {
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 1)
  at::_foreach_copy_(to, from);
#else
  for (size_t i = 0; i < to.size(); ++i) to[i].copy_(from[i]);
#endif
}

/// Saves the generators' state and restores it on destruction.
class KeptGenerator {
 public:
  explicit KeptGenerator(at::Device device) : generators_(generators(device)) {
    for (const auto& generator : generators_) states_.push_back(generator.get_state());
  }
  ~KeptGenerator() {
    for (size_t i = 0; i < generators_.size(); ++i) generators_[i].set_state(states_[i]);
  }
  KeptGenerator(const KeptGenerator&) = delete;
  KeptGenerator& operator=(const KeptGenerator&) = delete;

 private:
  std::vector<at::Generator> generators_;
  std::vector<at::Tensor> states_;
};

/// Enables bf16 autocast for a device while this object lives; on destruction also drops the
/// cached casts of the weights.
class AutocastGuard {
 public:
  AutocastGuard(bool enable, at::Device device) : device_(device.type()), enabled_(enable) {
    if (!enabled_) return;
    set(true);
    at::autocast::increment_nesting();
  }
  ~AutocastGuard() {
    if (!enabled_) return;
    if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
    set(false);
  }
  AutocastGuard(const AutocastGuard&) = delete;
  AutocastGuard& operator=(const AutocastGuard&) = delete;

 private:
  void set(bool on) const {
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
    at::autocast::set_autocast_dtype(device_, at::kBFloat16);
    at::autocast::set_autocast_enabled(device_, on);
#else
    if (device_ == at::kCPU) {
      at::autocast::set_autocast_cpu_dtype(at::kBFloat16);
      at::autocast::set_cpu_enabled(on);
    } else {
      at::autocast::set_autocast_gpu_dtype(at::kBFloat16);
      at::autocast::set_enabled(on);
    }
#endif
  }

  at::DeviceType device_;
  bool enabled_;
};

}  // namespace host::libtorch
