#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace tests {

/// How a program ended and all that it printed.
struct Finished {
  int status = -1;
  std::string output;
};

/// Runs a command of the shell to its end.
Finished run_program(const std::string& command);

/// Runs sla_host as a user would, to its end.
Finished run_host(const std::vector<std::string>& arguments);

/// sla_host while it runs, its output in a file.
class RunningHost {
 public:
  RunningHost(const std::vector<std::string>& arguments, const std::filesystem::path& output);
  ~RunningHost();
  RunningHost(const RunningHost&) = delete;
  RunningHost& operator=(const RunningHost&) = delete;

  /// Waits, for half a minute at most, until its output contains `text` `count` times.
  void wait_for(const std::string& text, int count = 1) const;

  void send(int signal) const;

  /// Waits for its end.
  Finished finish();

 private:
  std::filesystem::path output_;
  pid_t process_;
};

}  // namespace tests
