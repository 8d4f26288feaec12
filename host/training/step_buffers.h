#pragma once

#include <ATen/core/Tensor.h>

#include <map>
#include <vector>

#include "host/assembly/network.h"
#include "host/distributed/group.h"

namespace host::training {

/// A network's buffers during a step. Forward passes change them, so a step that fails restores
/// them; and each part of a batch starts from the buffers as they were before the step, so the step
/// ends with their mean over the parts.
class StepBuffers {
 public:
  /// `group` must outlive this object.
  StepBuffers(const assembly::Network& network, const distributed::Group& group);

  /// Call at the beginning of a step.
  void remember();

  /// Restores what remember() saw.
  void restore();

  /// Takes in what a part has made of the buffers and restores them for the next one. `share` is
  /// the part's share of the batch's images.
  void take_part(double share);

  /// After the last part: sets the buffers to their mean over the parts of all processes, weighted
  /// by share. Integers are the same after each part; if a process may have none, `some_empty`,
  /// they come from the first process.
  void combine_parts(bool some_empty);

 private:
  struct Buffers {
    std::vector<at::Tensor> own;
    std::vector<at::Tensor> before;
    /// Of the parts so far.
    std::vector<at::Tensor> sums;
  };

  const distributed::Group& group_;
  /// By type.
  std::map<at::ScalarType, Buffers> buffers_;
  bool any_part_ = false;
};

}  // namespace host::training
