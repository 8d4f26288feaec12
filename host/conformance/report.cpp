#include "host/conformance/report.h"

#include <exception>

#include "host/base/errors.h"

namespace host::conformance {

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
