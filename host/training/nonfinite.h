#pragma once

#include <cstdint>
#include <string>

#include "host/base/errors.h"
#include "host/data/division.h"
#include "host/storage/run_directory.h"

namespace host::training {

/// A non-finite loss, gradient or weight.
class NonFiniteError : public ExperimentError {
 public:
  static constexpr const char* kAdvice =
      "start a run with a lower optimizer.learning_rate, or warm it up (schedule.warmup_epochs)";

  /// `what` is not finite, such as "the loss".
  NonFiniteError(const std::string& what, int64_t iteration, const std::string& advice)
      : NonFiniteError("in iteration " + std::to_string(iteration) + " " + what + " is not finite",
                       advice) {}

  /// The message without the advice.
  const std::string& finding() const { return finding_; }

 private:
  NonFiniteError(const std::string& finding, const std::string& advice)
      : ExperimentError(finding + "; " + advice), finding_(finding) {}

  std::string finding_;
};

/// Saves this process's parts of an iteration's batch in the run, for replay. Failures are only
/// logged.
void save_batch(const storage::RunDirectory& run, const data::Parts& parts, int64_t iteration);

}  // namespace host::training
