#pragma once

#include <cstdint>
#include <string>

#include "host/errors.h"

namespace host::training {

/// A loss, a gradient or a weight that is not finite.
class NonFiniteError : public ExperimentError {
 public:
  NonFiniteError(const std::string& what, int64_t iteration)
      : ExperimentError("in iteration " + std::to_string(iteration) + " " + what +
                        " is not finite; lower optimizer.learning_rate, warm it up "
                        "(schedule.warmup_epochs), or leave such iterations out "
                        "(training.nonfinite_loss = \"skip\")") {}
};

}  // namespace host::training
