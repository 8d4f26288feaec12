#include "tests/support/skip.h"

#include "tests/catch.h"

namespace tests {

namespace {

bool skipped = false;

}  // namespace

void skip(const std::string& reason) {
  WARN("skipped: " << reason);
  skipped = true;
}

bool any_skipped() { return skipped; }

}  // namespace tests
