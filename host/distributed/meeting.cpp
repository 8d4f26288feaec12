#include "host/distributed/meeting.h"

#include <spdlog/fmt/fmt.h>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#include <algorithm>
#include <future>
#include <stdexcept>
#include <thread>
#include <utility>

namespace host::distributed {

namespace {

// A store that is there answers at once; one whose process is stopped never does.
constexpr std::chrono::seconds kStoreAnswers{5};
constexpr std::chrono::milliseconds kBetweenKeys{20};

/// The result of `ask`, which asks the store. A store that does not answer keeps its thread waiting
/// until this process ends.
template <typename Ask>
auto answer(const Ask& ask) {
  std::packaged_task<decltype(ask())()> task(ask);
  auto result = task.get_future();
  std::thread(std::move(task)).detach();
  if (result.wait_for(kStoreAnswers) != std::future_status::ready) {
    throw std::runtime_error("the store does not answer");
  }
  return result.get();
}

}  // namespace

Meeting::Meeting(const Place& place, std::chrono::seconds timeout) {
  c10d::TCPStoreOptions options;
  options.port = static_cast<uint16_t>(place.port);
  options.numWorkers = static_cast<size_t>(place.size);
  options.timeout = timeout;
  options.isServer = place.rank == 0 && !place.launcher_serves;
  options.waitWorkers = !place.launcher_serves;
  // A restarted group must not read what the one before it has left.
  store_ = c10::make_intrusive<c10d::PrefixStore>(
      fmt::format("sla_host/{}", place.restarts),
      c10::make_intrusive<c10d::TCPStore>(place.host, options));
}

std::vector<std::string> Meeting::hosts(const Place& place, const std::string& own,
                                        std::chrono::seconds timeout) const {
  leave(fmt::format("host/{}", place.rank), own);
  std::vector<std::string> keys;
  for (int rank = 0; rank < place.size; ++rank) keys.push_back(fmt::format("host/{}", rank));
  if (!missing(keys, timeout).empty()) throw std::runtime_error("a process did not join");
  std::vector<std::string> hosts;
  for (const std::string& key : keys) hosts.push_back(find(key).value());
  return hosts;
}

bool Meeting::leave(const std::string& key, const std::string& text) const {
  try {
    return answer([store = store_, key, text] {
      store->set(key, std::vector<uint8_t>(text.begin(), text.end()));
      return true;
    });
  } catch (const std::exception&) {
    return false;
  }
}

std::optional<std::string> Meeting::find(const std::string& key) const {
  return answer([store = store_, key]() -> std::optional<std::string> {
    if (!store->check({key})) return std::nullopt;
    const auto bytes = store->get(key);
    return std::string(bytes.begin(), bytes.end());
  });
}

std::vector<std::string> Meeting::missing(const std::vector<std::string>& keys,
                                          std::chrono::milliseconds patience) const {
  const auto end = std::chrono::steady_clock::now() + patience;
  std::vector<std::string> absent = keys;
  try {
    while (true) {
      std::erase_if(absent, [&](const auto& key) { return find(key).has_value(); });
      if (absent.empty() || std::chrono::steady_clock::now() > end) return absent;
      std::this_thread::sleep_for(kBetweenKeys);
    }
  } catch (const std::exception&) {
    return keys;
  }
}

}  // namespace host::distributed
