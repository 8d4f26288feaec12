#include "host/sweep/runner.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <list>
#include <thread>
#include <utility>

#include "host/base/exit_status.h"
#include "host/base/processors.h"
#include "host/sweep/child_run.h"
#include "host/sweep/progress.h"
#include "host/terminal/progress_bar.h"
#include "host/terminal/signals.h"
#include "host/terminal/status_line.h"

namespace host::sweep {

namespace {

constexpr auto kLookEvery = std::chrono::milliseconds(100);

/// Cells queue, occupy a slot, and leave as finished or failed.
class Runner {
 public:
  Runner(const std::vector<Cell>& cells, std::vector<Slot> slots, bool any_build)
      : cells_(cells), free_(std::move(slots)), any_build_(any_build) {}

  Outcome run() {
    terminal::watch_signals();
    terminal::watch_save_requests();
    terminal::report_failed_writes();
    std::signal(SIGCHLD, SIG_DFL);  // the parent process may have ignored it
    while (next_ < cells_.size() || !running_.empty()) {
      if (!outcome_.signal && (outcome_.signal = terminal::stop_signal())) stop_all();
      while (!outcome_.signal && next_ < cells_.size() && !free_.empty()) start(cells_[next_++]);
      if (outcome_.signal && running_.empty()) break;
      if (terminal::take_save_request()) tell_all(SIGUSR1);
      look_after_all();
      show();
      std::this_thread::sleep_for(kLookEvery);
    }
    terminal::clear_status();
    return std::move(outcome_);
  }

 private:
  struct Running {
    ChildRun child;
    Slot slot;
  };

  void fail(const Cell& cell, const std::string& reason) {
    spdlog::error("{} failed: {}", cell.name, reason);
    outcome_.failures.push_back({cell.name, reason});
  }

  void start(const Cell& cell) {
    try {
      const Progress progress = progress_of(cell, any_build_);
      if (progress.state == State::finished) {
        ++finished_;
        spdlog::info("{} is already finished", cell.name);
        return;
      }
      const Slot slot = free_.back();
      std::vector<std::string> settings;
      if (!slot.device.empty()) settings.push_back("runtime.device=\"" + slot.device + "\"");
      if (slot.threads > 0) settings.push_back("runtime.threads=" + std::to_string(slot.threads));
      const bool resume = progress.state == State::interrupted;
      if (!progress.note.empty()) {
        spdlog::warn("{}; running it again in {}", progress.note, progress.directory.string());
      }
      Cell placed = cell;
      placed.directory = progress.directory;
      running_.push_back({ChildRun(placed, resume, settings), slot});
      free_.pop_back();
      spdlog::info("{} {}{}", cell.name, resume ? "resumes" : "starts",
                   slot.device.empty() ? "" : " on " + slot.device);
    } catch (const std::exception& error) {
      fail(cell, error.what());
    }
  }

  void stop_all() {
    spdlog::warn("interrupted; waiting for {} runs to save", running_.size());
    tell_all(SIGTERM);
  }

  void tell_all(int signal) const {
    for (const Running& running : running_) running.child.tell(signal);
  }

  void look_after_all() {
    for (auto running = running_.begin(); running != running_.end();) {
      const auto status = running->child.ended();
      if (!status) {
        ++running;
        continue;
      }
      const Cell& cell = running->child.cell();
      if (*status == 0) {
        ++finished_;
        spdlog::info("{} finished in {} ({} of {})", cell.name,
                     terminal::format_duration(running->child.seconds()), finished_, cells_.size());
      } else if (!outcome_.signal || *status < kSignalStatus) {  // else it has saved and stopped
        fail(cell, "status " + std::to_string(*status) + ": " + running->child.last_line() +
                       " (full output in " + log_of(cell).string() + ")");
      }
      free_.push_back(running->slot);
      running = running_.erase(running);
    }
  }

  void show() const {
    std::string text = std::to_string(finished_) + "/" + std::to_string(cells_.size()) + " runs";
    if (!outcome_.failures.empty()) {
      text += ", " + std::to_string(outcome_.failures.size()) + " failed";
    }
    for (const Running& running : running_) {
      text += "  | " + running.child.cell().name + ": " + running.child.last_line();
    }
    terminal::show_status(text);
  }

  const std::vector<Cell>& cells_;
  std::vector<Slot> free_;
  bool any_build_;
  size_t next_ = 0;
  size_t finished_ = 0;
  std::list<Running> running_;
  Outcome outcome_;
};

}  // namespace

std::vector<Slot> slots_on(const std::vector<std::string>& devices, int64_t jobs) {
  const std::vector<std::string> own{""};
  std::vector<Slot> slots;
  for (const std::string& device : devices.empty() ? own : devices) {
    for (int64_t job = 0; job < jobs; ++job) slots.push_back({.device = device});
  }
  if (slots.size() > 1) {
    const int64_t each = usable_processors() / std::ssize(slots);
    for (Slot& slot : slots) slot.threads = std::max<int64_t>(1, each);
  }
  // Slots are taken from the back.
  std::reverse(slots.begin(), slots.end());
  return slots;
}

Outcome run(const std::vector<Cell>& cells, std::vector<Slot> slots, bool any_build) {
  return Runner(cells, std::move(slots), any_build).run();
}

}  // namespace host::sweep
