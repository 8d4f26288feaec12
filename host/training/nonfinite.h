#pragma once

#include <cstdint>
#include <string>

#include "host/errors.h"

namespace host::training {

/// A loss, a gradient or a weight that is not finite.
class NonFiniteError : public ExperimentError {
 public:
  static constexpr const char* kAdvice =
      "lower optimizer.learning_rate or warm it up (schedule.warmup_epochs)";

  /// `what` it is, such as "the loss".
  NonFiniteError(const std::string& what, int64_t iteration, const std::string& advice)
      : NonFiniteError("in iteration " + std::to_string(iteration) + " " + what + " is not finite",
                       advice) {}

  /// What was found, without advice.
  const std::string& finding() const { return finding_; }

 private:
  NonFiniteError(const std::string& finding, const std::string& advice)
      : ExperimentError(finding + "; " + advice), finding_(finding) {}

  std::string finding_;
};

}  // namespace host::training
