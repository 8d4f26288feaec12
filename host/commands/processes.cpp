#include "host/commands/processes.h"

#include <netinet/in.h>
#include <spdlog/fmt/fmt.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "host/base/errors.h"
#include "host/base/exit_status.h"
#include "host/commands/child.h"

namespace host::commands {

namespace {

// After one has failed: long enough to notice it and to save.
constexpr std::chrono::seconds kGrace{60};
constexpr std::chrono::milliseconds kBetweenChecks{20};
// A stopped member notices nothing, and the others may wait for it. Counted in checks, not seconds:
// whoever stops the whole group stops the count.
constexpr int kChecksUntilLost = 500;
using Clock = std::chrono::steady_clock;

constexpr std::array kForwarded{SIGTERM, SIGHUP, SIGUSR1, SIGUSR2};

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

/// Starts a member that takes the signals of `mask` as this process did before.
pid_t start(const distributed::Place& place, const sigset_t& mask,
            const std::function<int(const distributed::Place&)>& work) {
  return start_child([&, parent = getpid()] {
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    sigprocmask(SIG_SETMASK, &mask, nullptr);
    if (getppid() != parent) return kSignalStatus + SIGTERM;
    return work(place);
  });
}

/// Starts all members. A signal waits until the last one is started, so that each is told.
void start_all(distributed::Place place,
               const std::function<int(const distributed::Place&)>& work) {
  sigset_t told;
  sigset_t mask;
  sigemptyset(&told);
  for (const int signal : kForwarded) sigaddset(&told, signal);
  sigprocmask(SIG_BLOCK, &told, &mask);
  for (; place.rank < place.size; ++place.rank) {
    place.local_rank = place.rank;
    members.push_back(start(place, mask, work));
  }
  // The terminal sends its signals to the members itself.
  std::signal(SIGINT, SIG_IGN);
  for (const int signal : kForwarded) std::signal(signal, &tell_members);
  sigprocmask(SIG_SETMASK, &mask, nullptr);
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
  start_all({.size = count, .port = free_port(), .launcher = "--processes"}, work);

  std::vector<int> ends;
  std::map<pid_t, int> stopped;
  std::optional<Clock::time_point> first_failure;
  std::string untold;
  while (ends.size() < members.size()) {
    int raw = 0;
    const pid_t process = waitpid(-1, &raw, WNOHANG | WUNTRACED | WCONTINUED);
    const auto member = std::find(members.begin(), members.end(), process);
    const bool has_ended =
        process > 0 && member != members.end() && !WIFSTOPPED(raw) && !WIFCONTINUED(raw);
    if (!has_ended) {
      if (process > 0 && WIFSTOPPED(raw)) stopped.emplace(process, 0);
      if (process > 0 && WIFCONTINUED(raw)) stopped.erase(process);
      for (auto& [one, checks] : stopped) ++checks;
      std::erase_if(stopped, [&](const auto& entry) {
        const auto& [one, checks] = entry;
        const bool is_lost = checks == kChecksUntilLost;
        if (is_lost)
          std::cerr << "sla_host: a process of the group was suspended, so it is killed\n";
        if (is_lost || first_failure.has_value()) kill(one, SIGKILL);
        return is_lost || first_failure.has_value();
      });
      if (first_failure && Clock::now() - *first_failure > kGrace) {
        std::cerr << std::exchange(untold, "");
        tell_members(SIGKILL);
      }
      std::this_thread::sleep_for(kBetweenChecks);
      continue;
    }
    stopped.erase(process);
    *member = -1;
    if (WIFSIGNALED(raw) && !first_failure) {
      const auto rank = member - members.begin();
      untold = fmt::format("sla_host: signal {} ({}) ended rank {} of {}; what is saved stays\n",
                           WTERMSIG(raw), strsignal(WTERMSIG(raw)), rank, count);
      // Others than rank 0 are told of by rank 0, if it notices in time.
      if (rank == 0) std::cerr << std::exchange(untold, "");
    }
    ends.push_back(WIFEXITED(raw) ? WEXITSTATUS(raw) : kLostProcessStatus);
    if (ends.back() != 0 && !first_failure) first_failure = Clock::now();
  }
  members.clear();
  std::signal(SIGINT, SIG_DFL);
  for (const int signal : kForwarded) std::signal(signal, SIG_DFL);
  return status_of(ends);
}

}  // namespace host::commands
