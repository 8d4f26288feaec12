#define CATCH_CONFIG_RUNNER
#include "host/assembly/machine.h"
#include "tests/catch.h"
#include "tests/support/skip.h"

namespace {

constexpr int kSkippedStatus = 77;

}  // namespace

int main(int argument_count, char** arguments) {
  host::assembly::prepare_machine({});
  const int failures = Catch::Session().run(argument_count, arguments);
  return failures == 0 && tests::any_skipped() ? kSkippedStatus : failures;
}
