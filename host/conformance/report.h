#pragma once

#include <sla/testing.h>

#include <functional>
#include <ostream>
#include <string>

namespace host::conformance {

using sla::testing::describe;
using sla::testing::expect;
using sla::testing::expect_close;
using sla::testing::expect_same;
using sla::testing::Failure;

/// Runs checks one after the other and prints what each came to; a failed one says why it matters.
class Report {
 public:
  explicit Report(std::ostream& out) : out_(out) {}

  /// Begins the checks of one component.
  void begin(const std::string& component);

  /// Runs one check. It fails by any exception, which then is what was found. The name is printed
  /// first, so that a check that ends the program is known.
  void check(const std::string& name, const std::string& why, const std::function<void()>& work);

  int checks() const { return checks_; }
  int failures() const { return failures_; }

 private:
  std::ostream& out_;
  int checks_ = 0;
  int failures_ = 0;
};

}  // namespace host::conformance
