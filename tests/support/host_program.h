#pragma once

#include <sys/types.h>

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace tests {

/// How a program ended and all its output.
struct Finished {
  int status = -1;
  std::string output;
};

/// Runs a shell command to completion.
Finished run_program(const std::string& command);

/// Runs sla_host to completion, as a user would.
Finished run_host(const std::vector<std::string>& arguments);

/// Checks that sla_host refuses the arguments, as bad input, for a reason.
void check_refused(const std::vector<std::string>& arguments, const std::string& reason);

/// What sla_host, which must succeed, writes to its standard output.
nlohmann::json json_of(const std::vector<std::string>& arguments);

/// A running sla_host with its output in a file.
class RunningHost {
 public:
  RunningHost(const std::vector<std::string>& arguments, const std::filesystem::path& output);
  ~RunningHost();
  RunningHost(const RunningHost&) = delete;
  RunningHost& operator=(const RunningHost&) = delete;

  /// Waits up to half a minute until its output contains `text` `count` times.
  void wait_for(const std::string& text, int count = 1) const;

  void send(int signal) const;

  pid_t process() const { return process_; }

  /// Waits until it ends.
  Finished finish();

 private:
  std::filesystem::path output_;
  pid_t process_;
};

}  // namespace tests
