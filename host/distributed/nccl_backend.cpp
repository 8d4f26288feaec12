#include "host/base/errors.h"
#include "host/distributed/backend.h"

#ifdef SLA_WITH_NCCL
#define USE_C10D_NCCL
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>
#endif

namespace host::distributed {

#ifdef SLA_WITH_NCCL

Backend nccl_backend(const c10::intrusive_ptr<c10d::Store>& store, const Place& place,
                     std::chrono::seconds timeout) {
  auto options = c10d::ProcessGroupNCCL::Options::create();
  options->timeout = timeout;
  return c10::make_intrusive<c10d::ProcessGroupNCCL>(
      c10::make_intrusive<c10d::PrefixStore>("nccl", store), place.rank, place.size, options);
}

#else

Backend nccl_backend(const c10::intrusive_ptr<c10d::Store>& /*store*/, const Place& /*place*/,
                     std::chrono::seconds /*timeout*/) {
  throw ExperimentError(
      "several processes on GPUs need NCCL, which this program was built without; build it against "
      "a LibTorch with CUDA where nccl.h is found");
}

#endif

}  // namespace host::distributed
