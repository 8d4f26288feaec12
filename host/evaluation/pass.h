#pragma once

#include <memory>
#include <string>
#include <vector>

#include "host/assembly/assembly.h"
#include "host/evaluation/observer.h"

namespace host::evaluation {

/// Images to be scored.
struct ScoredImages {
  sla::Split split;
  /// Which of the split's images, or which trials.
  std::shared_ptr<const sla::Sampler> sampler;
  /// Names the progress bar.
  std::string name;
};

/// Makes predictions for images, batch by batch and without augmentation, with the network in
/// evaluation mode; its mode is restored afterwards. Each process of `group` takes its turn of the
/// batches. Returns false if a stop or a save was requested.
bool run_pass(const assembly::Assembly& assembly, const ScoredImages& scored,
              const std::vector<sla::Prediction>& predictions, const distributed::Group& group,
              Observer& observer);

}  // namespace host::evaluation
