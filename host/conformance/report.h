#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <ostream>
#include <stdexcept>
#include <string>

namespace host::conformance {

/// What a check found wrong, in words.
class Failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Throws Failure unless `holds`.
void expect(bool holds, const std::string& otherwise);

/// Throws Failure unless both tensors have the same shape, dtype and bits.
void expect_same(const at::Tensor& found, const at::Tensor& expected, const std::string& what);

/// Throws Failure unless both have the same shape, and differences of at most `tolerance` times the
/// largest value expected.
void expect_close(const at::Tensor& found, const at::Tensor& expected, double tolerance,
                  const std::string& what);

/// Shape and dtype of a tensor: "[2, 3] Float".
std::string describe(const at::Tensor& tensor);

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
