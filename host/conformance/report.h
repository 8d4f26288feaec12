#pragma once

#include <sla/testing.h>

#include <functional>
#include <ostream>
#include <string>

namespace host::conformance {

using sla::describe;
using sla::testing::expect;
using sla::testing::expect_close;
using sla::testing::expect_same;
using sla::testing::Failure;

/// Runs checks in order and prints each result; for a failed one also why it matters.
class Report {
 public:
  explicit Report(std::ostream& out) : out_(out) {}

  /// Starts the checks of one component.
  void begin(const std::string& component);

  /// Runs one check. Any exception makes it fail and is reported. The name is printed first, so
  /// that it is known which check crashed.
  void check(const std::string& name, const std::string& why, const std::function<void()>& work);

  int checks() const { return checks_; }
  int failures() const { return failures_; }

 private:
  std::ostream& out_;
  int checks_ = 0;
  int failures_ = 0;
};

}  // namespace host::conformance
