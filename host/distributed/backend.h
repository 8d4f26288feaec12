#pragma once

#include <c10/util/intrusive_ptr.h>
#include <torch/csrc/distributed/c10d/Store.hpp>

#include <chrono>

#include "host/cuda/functions.h"
#include "host/distributed/place.h"

namespace host::distributed {

using cuda::Backend;

/// Gloo, for tensors on the CPU.
Backend gloo_backend(const c10::intrusive_ptr<c10d::Store>& store, const Place& place,
                     std::chrono::seconds timeout);

}  // namespace host::distributed
