#pragma once

#include <c10/util/intrusive_ptr.h>
#include <torch/version.h>
#include <torch/csrc/distributed/c10d/ProcessGroup.hpp>
#include <torch/csrc/distributed/c10d/Store.hpp>

#include <chrono>

#include "host/distributed/place.h"

namespace host::distributed {

#if TORCH_VERSION_MAJOR >= 2
using Backend = c10::intrusive_ptr<c10d::Backend>;
#else
using Backend = c10::intrusive_ptr<c10d::ProcessGroup>;
#endif

/// Gloo, for tensors on the CPU.
Backend gloo_backend(const c10::intrusive_ptr<c10d::Store>& store, const Place& place,
                     std::chrono::seconds timeout);

/// NCCL, for tensors on a GPU. Throws ExperimentError if this program was built without it.
Backend nccl_backend(const c10::intrusive_ptr<c10d::Store>& store, const Place& place,
                     std::chrono::seconds timeout);

}  // namespace host::distributed
