#include "host/conformance/report.h"

#include <sla/error.h>

#include <sstream>

#include <ATen/TensorOperators.h>
#include <ATen/ops/equal.h>

#include "host/errors.h"

namespace host::conformance {

void expect(bool holds, const std::string& otherwise) {
  if (!holds) throw Failure(otherwise);
}

std::string describe(const at::Tensor& tensor) {
  if (!tensor.defined()) return "an undefined tensor";
  std::ostringstream text;
  text << tensor.sizes() << " " << tensor.scalar_type();
  return text.str();
}

void expect_same(const at::Tensor& found, const at::Tensor& expected, const std::string& what) {
  expect(found.defined() && found.sizes() == expected.sizes() &&
             found.scalar_type() == expected.scalar_type(),
         what + ": expected " + describe(expected) + ", found " + describe(found));
  expect(at::equal(found, expected), what + ": the values differ");
}

void expect_close(const at::Tensor& found, const at::Tensor& expected, double tolerance,
                  const std::string& what) {
  expect(found.defined() && found.sizes() == expected.sizes(),
         what + ": expected " + describe(expected) + ", found " + describe(found));
  if (expected.numel() == 0) return;
  const auto wanted = expected.to(at::kDouble);
  const double scale = std::max(wanted.abs().max().item<double>(), 1e-30);
  const double difference = (found.to(at::kDouble) - wanted).abs().max().item<double>();
  // Written so that NaN fails.
  if (difference <= tolerance * scale) return;
  std::ostringstream text;
  text << what << ": values up to " << scale << " differ by " << difference;
  throw Failure(text.str());
}

void Report::begin(const std::string& component) { out_ << component << "\n"; }

void Report::check(const std::string& name, const std::string& why,
                   const std::function<void()>& work) {
  out_ << "  " << name << " ... " << std::flush;
  ++checks_;
  std::string found;
  try {
    work();
    out_ << "ok\n";
    return;
  } catch (const Failure& failure) {
    found = failure.what();
  } catch (const std::exception& error) {
    found = "it threw: " + message_of(error);
  } catch (...) {
    found = "it threw something that is not a std::exception";
  }
  ++failures_;
  out_ << "FAILED\n      found: " << found << "\n      why it matters: " << why << "\n";
}

}  // namespace host::conformance
