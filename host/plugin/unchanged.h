#pragma once

#include <ATen/core/Tensor.h>

#include <atomic>
#include <string_view>

#include "host/plugin/call.h"

namespace host::plugin {

/// Detects a component that edits a tensor it may only read. Edits by tensor operations are found
/// at every call, at no cost; edits through a pointer only at the first call, by comparing values.
/// Thread-safe.
class Unchanged {
 public:
  /// The state of `tensor` before a call.
  struct Before {
    at::Tensor tensor;
    uint32_t version = 0;
    at::Tensor copy;
  };

  Before remember(const at::Tensor& tensor);

  /// Throws PluginError if the tensor was edited since; `what` names it, such as "the images".
  void check(const Before& before, std::string_view what, std::string_view function,
             const Origin& origin);

 private:
  std::atomic<bool> compared_ = false;
};

}  // namespace host::plugin
