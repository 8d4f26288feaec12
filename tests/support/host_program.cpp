#include "tests/support/host_program.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "tests/catch.h"
#include "tests/support/scratch_folder.h"

namespace tests {

Finished run_program(const std::string& command) {
  FILE* pipe = popen(("{ " + command + "; } 2>&1 </dev/null").c_str(), "r");
  REQUIRE(pipe != nullptr);
  Finished finished;
  std::array<char, 4096> buffer{};
  while (std::fgets(buffer.data(), buffer.size(), pipe) != nullptr)
    finished.output += buffer.data();
  const int status = pclose(pipe);
  finished.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return finished;
}

namespace {

std::string host_command(const std::vector<std::string>& arguments) {
  std::string command = SLA_HOST_PROGRAM;
  for (const auto& argument : arguments) command += " '" + argument + "'";
  return command;
}

}  // namespace

Finished run_host(const std::vector<std::string>& arguments) {
  return run_program(host_command(arguments));
}

void check_refused(const std::vector<std::string>& arguments, const std::string& reason) {
  const auto finished = run_host(arguments);
  CHECK(finished.status == 2);
  CHECK_THAT(finished.output, ContainsSubstring(reason));
  CHECK(finished.output.find("internal error") == std::string::npos);
}

nlohmann::json json_of(const std::vector<std::string>& arguments) {
  const auto finished = run_program(host_command(arguments) + " 2>/dev/null");
  INFO(finished.output);
  REQUIRE(finished.status == 0);
  return nlohmann::json::parse(finished.output);
}

RunningHost::RunningHost(const std::vector<std::string>& arguments,
                         const std::filesystem::path& output)
    : output_(output), process_(fork()) {
  if (process_ != 0) return;
  const int file = open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  dup2(file, STDOUT_FILENO);
  dup2(file, STDERR_FILENO);
  std::vector<char*> words{const_cast<char*>(SLA_HOST_PROGRAM)};
  for (const auto& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  execv(words[0], words.data());
  _exit(127);
}

RunningHost::~RunningHost() {
  if (process_ > 0) {
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
  }
}

void RunningHost::wait_for(const std::string& text, int count) const {
  for (int tries = 0; tries < 3000; ++tries) {
    const std::string output = content_of(output_);
    int found = 0;
    for (size_t at = output.find(text); at != std::string::npos; at = output.find(text, at + 1)) {
      ++found;
    }
    if (found >= count) return;
    usleep(10'000);
  }
  FAIL("sla_host never said '" << text << "': " << content_of(output_));
}

void RunningHost::send(int signal) const { kill(process_, signal); }

Finished RunningHost::finish() {
  int status = 0;
  waitpid(process_, &status, 0);
  process_ = -1;
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), content_of(output_)};
}

}  // namespace tests
