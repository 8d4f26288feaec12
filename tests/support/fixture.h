#pragma once

#include <string>

namespace tests {

/// The plugin that tests/fixtures builds from NAME.cpp.
inline std::string fixture(const std::string& name) { return SLA_FIXTURES "/" + name + ".so"; }

}  // namespace tests
