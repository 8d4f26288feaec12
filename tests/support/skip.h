#pragma once

#include <string>

namespace tests {

/// Prints that the running test case is skipped, and why; the case must then return. ctest reports
/// the case's tag as skipped unless something fails.
void skip(const std::string& reason);

/// Whether skip() was called.
bool any_skipped();

}  // namespace tests
