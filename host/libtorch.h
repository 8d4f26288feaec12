#pragma once

#include <ATen/autocast_mode.h>
#include <torch/version.h>

// What LibTorch 1.13 and 2.x spell differently, and nothing else.
namespace host::libtorch {

/// Switches bf16 autocast on for a device while it lives; off again, the cached casts of the
/// weights are dropped.
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
#if TORCH_VERSION_MAJOR >= 2
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
