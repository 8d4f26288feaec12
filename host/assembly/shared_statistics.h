#pragma once

#include <torch/library.h>

#include <atomic>
#include <memory>

#include "host/assembly/network.h"
#include "host/distributed/group.h"

namespace host::assembly {

/// While it lives, sla::nn::BatchNorm takes its statistics from the parts of a batch in all
/// processes.
class SharedStatistics {
 public:
  /// Throws ExperimentError if the network has batch normalisation of another kind.
  SharedStatistics(const Network& network, std::shared_ptr<const distributed::Group> group);

  /// Whether the next forward passes share statistics; not if a process has no part of the batch,
  /// and so nothing to share.
  void share(bool on) { *shares_ = on; }

 private:
  std::shared_ptr<std::atomic<bool>> shares_ = std::make_shared<std::atomic<bool>>(true);
  torch::Library library_;
};

}  // namespace host::assembly
