#include "tests/support/host_program.h"

#include <sys/wait.h>

#include <array>
#include <cstdio>

#include "tests/catch.h"

namespace tests {

Finished run_host(const std::vector<std::string>& arguments) {
  std::string command = SLA_HOST_PROGRAM;
  for (const auto& argument : arguments) command += " '" + argument + "'";
  FILE* pipe = popen((command + " 2>&1 </dev/null").c_str(), "r");
  REQUIRE(pipe != nullptr);
  Finished finished;
  std::array<char, 4096> buffer{};
  while (std::fgets(buffer.data(), buffer.size(), pipe) != nullptr)
    finished.output += buffer.data();
  const int status = pclose(pipe);
  finished.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return finished;
}

}  // namespace tests
