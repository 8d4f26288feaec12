#include "host/terminal/progress_bar.h"

#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cmath>
#include <mutex>
#include <utility>

#include "host/terminal/status_line.h"

namespace host::terminal {

namespace {

constexpr auto kRedrawEvery = std::chrono::milliseconds(100);
constexpr int64_t kBarWidth = 16;

std::string bar(int64_t done, int64_t total) {
  const int64_t filled = total > 0 ? std::min(kBarWidth, done * kBarWidth / total) : 0;
  return "[" + std::string(filled, '=') + std::string(kBarWidth - filled, ' ') + "]";
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

ProgressBar::ProgressBar(std::string label, int64_t first, int64_t total)
    : label_(std::move(label)), first_(first), total_(total) {}

ProgressBar::~ProgressBar() { clear_status(); }

void ProgressBar::update(int64_t done, int64_t images, std::string_view note) {
  if (!interactive() || Clock::now() - last_drawn_ < kRedrawEvery) return;
  last_drawn_ = Clock::now();
  const double per_iteration =
      seconds_since(start_) / static_cast<double>(std::max<int64_t>(1, done));
  const int64_t reached = first_ + done;
  // Ordered by importance: a narrow terminal cuts off the end.
  show_status(fmt::format("{} {} {}/{}  {} left  {:.0f} images/s  {}", label_, bar(reached, total_),
                          reached, total_,
                          format_duration(per_iteration * static_cast<double>(total_ - reached)),
                          images_per_second(images), note));
}

double ProgressBar::images_per_second(int64_t images) const {
  return static_cast<double>(images) / std::max(1e-9, seconds_since(start_));
}

std::string format_duration(double seconds) {
  const auto whole = int64_t{std::lround(seconds)};
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole / 60 % 60);
}

void show_activity(std::string_view activity, int64_t done, int64_t total) {
  static std::mutex mutex;
  static std::string last_activity;
  static int64_t last_tenth = -1;
  static std::chrono::steady_clock::time_point last_drawn{};
  const std::lock_guard lock(mutex);

  if (interactive()) {
    const auto now = std::chrono::steady_clock::now();
    if (now - last_drawn < kRedrawEvery && done != total) return;
    last_drawn = now;
    if (total == 0) return show_status(std::string(activity));
    return show_status(fmt::format("{} {} {}/{}", activity, bar(done, total), done, total));
  }
  if (activity != last_activity) last_tenth = -1;
  last_activity = activity;
  const int64_t tenth = total > 0 ? done * 10 / total : 0;
  if (tenth == last_tenth) return;
  last_tenth = tenth;
  spdlog::info("{}{}", activity, total > 0 ? fmt::format(": {} %", tenth * 10) : "");
}

}  // namespace host::terminal
