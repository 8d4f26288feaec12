#include "host/training/step_buffers.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/zeros_like.h>

#include "host/base/libtorch.h"

namespace host::training {

StepBuffers::StepBuffers(const assembly::Network& network, const distributed::Group& group)
    : group_(group) {
  for (const at::Tensor& buffer : network.buffers()) {
    Buffers& same = buffers_[buffer.scalar_type()];
    // The same memory with a version of its own: a backward pass that follows the last part must
    // not take restored statistics for changed ones. Those that it reads, of frozen layers, are the
    // same.
    same.own.push_back(buffer.variable_data());
    same.before.push_back(buffer.detach().clone());
  }
}

void StepBuffers::remember() {
  const at::NoGradGuard no_grad;
  any_part_ = false;
  for (auto& [type, buffers] : buffers_) libtorch::copy_all(buffers.before, buffers.own);
}

void StepBuffers::restore() {
  const at::NoGradGuard no_grad;
  for (auto& [type, buffers] : buffers_) libtorch::copy_all(buffers.own, buffers.before);
}

void StepBuffers::take_part(double share) {
  const at::NoGradGuard no_grad;
  for (auto& [type, buffers] : buffers_) {
    buffers.sums.resize(buffers.own.size());
    for (size_t i = 0; i < buffers.own.size(); ++i) {
      // Product and sum apart, as in the sum over processes: fused, they would round otherwise.
      const at::Tensor part =
          at::isFloatingType(type) ? buffers.own[i] * share : buffers.own[i].clone();
      if (!any_part_ || !at::isFloatingType(type)) {
        buffers.sums[i] = part;
      } else {
        buffers.sums[i].add_(part);
      }
    }
  }
  any_part_ = true;
  restore();
}

void StepBuffers::combine_parts(bool some_empty) {
  const at::NoGradGuard no_grad;
  for (auto& [type, buffers] : buffers_) {
    if (group_.size() == 1) {
      libtorch::copy_all(buffers.own, buffers.sums);
      continue;
    }
    std::vector<at::Tensor> flat;
    for (size_t i = 0; i < buffers.own.size(); ++i) {
      flat.push_back((any_part_ ? buffers.sums[i] : at::zeros_like(buffers.own[i])).reshape(-1));
    }
    at::Tensor all = at::cat(flat);
    if (at::isFloatingType(type)) {
      group_.sum(all);
    } else if (some_empty) {
      group_.broadcast({all});
    }
    int64_t begin = 0;
    for (at::Tensor& own : buffers.own) {
      own.copy_(all.slice(0, begin, begin + own.numel()).view(own.sizes()));
      begin += own.numel();
    }
  }
}

}  // namespace host::training
