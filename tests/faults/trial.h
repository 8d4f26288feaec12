#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/faults/storage_faults.h"
#include "tests/faults/victim.h"
#include "tests/support/scratch_folder.h"

namespace faults {

/// One kind of fault, and its results.
struct Row {
  std::string fault;
  int64_t provoked = 0;
  /// The maximum number of iterations saved before a fault and lost after it.
  int64_t most_lost = 0;
  std::vector<double> recoveries = {};
};

/// A run that suffers faults until it finishes; then a new one takes its place.
class Trial {
 public:
  /// `straight` is an undisturbed run.
  explicit Trial(const Victim& straight);

  const Victim& victim() const { return *victim_; }

  /// Starts or resumes the run, with a fault at one of its calls that write to disk.
  pid_t start(Storage fault, int64_t call) const;

  /// Checks what a fault left: at most the newest `may_lose` saved iterations may be lost. Resumes
  /// as far as the first iteration. Throws std::runtime_error if more is lost.
  void check(int64_t may_lose, Row& row);

  /// Call when the run is finished: compares it with the undisturbed one, and begins a new one.
  void complete();

 private:
  void begin_anew();

  const Victim& straight_;
  std::unique_ptr<tests::ScratchFolder> folder_;
  std::unique_ptr<Victim> victim_;
  int64_t saved_before_ = 0;
};

}  // namespace faults
