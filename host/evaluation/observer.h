#pragma once

#include <sla/embedding.h>
#include <sla/objective.h>

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace host::evaluation {

/// Sees what an evaluation scores.
class Observer {
 public:
  virtual ~Observer() = default;

  /// Batch `number` of the pass: the logits [T, K] of each prediction, their targets, and the
  /// embedding that they came from; all on the device. Must not wait for it.
  virtual void observe(int64_t number, const std::vector<at::Tensor>& logits,
                       const sla::Targets& targets, const sla::Embedding& embedding) = 0;
};

}  // namespace host::evaluation
