#include "host/sweep/child_run.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <utility>

#include "host/base/errors.h"
#include "host/base/exit_status.h"
#include "host/storage/output_file.h"
#include "host/storage/run_directory.h"
#include "host/sweep/cell_command.h"
#include "host/terminal/signals.h"

namespace host::sweep {

namespace {

namespace fs = std::filesystem;

/// The exit status of a process that was already reaped elsewhere.
constexpr int kLost = 126;

/// In the child: becomes the program, or exits.
[[noreturn]] void become(std::vector<char*>& arguments, int output, pid_t parent,
                         const sigset_t& mask) {
  // From here until the new program installs its handlers, a stop request ends it.
  terminal::forget_signals();
  sigprocmask(SIG_SETMASK, &mask, nullptr);
  // In its own process group, Ctrl-C reaches only the parent, which forwards it once.
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  constexpr int kCannotStart = 127;
  if (getppid() != parent) _exit(kCannotStart);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  // Not by name: a newer build may have replaced the file.
  execv("/proc/self/exe", arguments.data());
  dprintf(STDERR_FILENO, "cannot start %s: %s\n", arguments.front(), std::strerror(errno));
  _exit(kCannotStart);
}

}  // namespace

fs::path log_of(const Cell& cell) { return cell.directory / "sweep.log"; }

ChildRun::ChildRun(const Cell& cell, bool resume, const std::vector<std::string>& settings)
    : cell_(cell), log_(log_of(cell)) {
  storage::RunDirectory(cell.directory).create();
  auto command = command_of(cell, resume, settings);
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (std::string& word : command) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const int output = open(log_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (output < 0) storage::fail("create", log_);
  const pid_t parent = getpid();
  sigset_t stopping;
  sigset_t mask;
  sigemptyset(&stopping);
  sigaddset(&stopping, SIGINT);
  sigaddset(&stopping, SIGTERM);
  sigprocmask(SIG_BLOCK, &stopping, &mask);
  process_ = fork();
  if (process_ == 0) become(arguments, output, parent, mask);
  sigprocmask(SIG_SETMASK, &mask, nullptr);
  close(output);
  if (process_ < 0) throw StorageError("cannot start a process for " + cell.name);
}

ChildRun::ChildRun(ChildRun&& other) noexcept
    : cell_(std::move(other.cell_)),
      log_(std::move(other.log_)),
      process_(std::exchange(other.process_, -1)),
      start_(other.start_) {}

ChildRun::~ChildRun() {
  if (process_ < 0) return;
  tell(SIGTERM);
  waitpid(process_, nullptr, 0);
}

std::optional<int> ChildRun::ended() {
  int status = 0;
  const pid_t answer = waitpid(process_, &status, WNOHANG);
  if (answer == 0 || (answer < 0 && errno == EINTR)) return std::nullopt;
  process_ = -1;
  if (answer < 0) return kLost;
  return WIFEXITED(status) ? WEXITSTATUS(status) : kSignalStatus + WTERMSIG(status);
}

void ChildRun::tell(int signal) const {
  if (process_ > 0) kill(process_, signal);
}

std::string ChildRun::last_line() const {
  constexpr std::streamoff kEnd = 2000;
  std::ifstream stream(log_, std::ios::binary | std::ios::ate);
  stream.seekg(std::max<std::streamoff>(0, stream.tellg() - kEnd));
  std::string last;
  for (std::string line; std::getline(stream, line);) {
    if (!line.empty()) last = line;
  }
  return last;
}

double ChildRun::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

}  // namespace host::sweep
