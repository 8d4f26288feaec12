#include "host/commands/processes.h"

#include <netinet/in.h>
#include <spdlog/fmt/fmt.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <iostream>
#include <set>
#include <thread>
#include <vector>

#include "host/base/errors.h"
#include "host/commands/exit_status.h"
#include "host/commands/report_errors.h"
#include "host/terminal/signals.h"
#include "host/terminal/standard_streams.h"

namespace host::commands {

namespace {

// After one has failed: long enough to notice it and to save.
constexpr std::chrono::seconds kGrace{60};
constexpr std::chrono::milliseconds kBetweenChecks{20};
using Clock = std::chrono::steady_clock;

// Signals are forwarded by a handler, which can use nothing else.
std::vector<pid_t> members;

void tell_members(int signal) {
  for (const pid_t member : members) {
    if (member > 0) kill(member, signal);
  }
}

/// A port of this machine that nothing listens at.
int free_port() {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* general = reinterpret_cast<sockaddr*>(&address);
  const bool found = listener >= 0 && bind(listener, general, size) == 0 &&
                     getsockname(listener, general, &size) == 0;
  if (listener >= 0) close(listener);
  if (!found) throw Error(std::string("no free port: ") + std::strerror(errno));
  return ntohs(address.sin_port);
}

pid_t start(const distributed::Place& place,
            const std::function<int(const distributed::Place&)>& work) {
  const pid_t parent = getpid();
  std::cout.flush();
  const pid_t child = fork();
  if (child < 0) throw Error(std::string("cannot start a process: ") + std::strerror(errno));
  if (child > 0) return child;
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != parent) _exit(kSignalStatus + SIGTERM);
  terminal::forget_signals();
  const int status = report_errors([&] {
    const int own = work(place);
    terminal::finish_output();
    return own;
  });
  // Not exit(): the parent cleans up what they share.
  _exit(status);
}

/// The status of the group, given how its processes ended in this order.
int status_of(const std::vector<int>& ends) {
  const auto bad = [](int status) { return status != 0 && status != kLostProcessStatus; };
  const auto first = std::find_if(ends.begin(), ends.end(), bad);
  if (first != ends.end()) return *first;
  return *std::max_element(ends.begin(), ends.end());
}

}  // namespace

int in_processes(int count, const std::function<int(const distributed::Place&)>& work) {
  distributed::Place place{.size = count, .port = free_port(), .launcher = "--processes"};
  // The terminal sends its signals to the members itself.
  std::signal(SIGINT, SIG_IGN);
  for (const int signal : {SIGTERM, SIGHUP, SIGUSR1, SIGUSR2}) std::signal(signal, &tell_members);
  for (; place.rank < count; ++place.rank) {
    place.local_rank = place.rank;
    members.push_back(start(place, work));
  }

  std::vector<int> ends;
  std::set<pid_t> stopped;
  auto first_failure = Clock::time_point::max();
  while (ends.size() < members.size()) {
    int raw = 0;
    const pid_t ended = waitpid(-1, &raw, WNOHANG | WUNTRACED);
    const auto member = std::find(members.begin(), members.end(), ended);
    if (ended > 0 && WIFSTOPPED(raw)) stopped.insert(ended);
    if (ended <= 0 || member == members.end() || WIFSTOPPED(raw)) {
      const auto now = Clock::now();
      if (first_failure < now && now - first_failure > kGrace) tell_members(SIGKILL);
      // A stopped one notices nothing.
      for (const pid_t process : stopped) {
        if (first_failure < now) kill(process, SIGKILL);
      }
      std::this_thread::sleep_for(kBetweenChecks);
      continue;
    }
    stopped.erase(ended);
    *member = -1;
    const int status = WIFEXITED(raw) ? WEXITSTATUS(raw) : kLostProcessStatus;
    const auto rank = member - members.begin();
    // Else the first process tells.
    if (rank == 0 && WIFSIGNALED(raw) && first_failure == Clock::time_point::max()) {
      std::cerr << fmt::format("sla_host: signal {} ({}) ended rank 0 of {}; what is saved stays\n",
                               WTERMSIG(raw), strsignal(WTERMSIG(raw)), count);
    }
    ends.push_back(status);
    if (status != 0) first_failure = std::min(first_failure, Clock::now());
  }
  members.clear();
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2}) std::signal(signal, SIG_DFL);
  return status_of(ends);
}

}  // namespace host::commands
