#include "host/plugin/crash.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <utility>

#include "host/base/exit_status.h"
#include "host/plugin/call.h"

namespace host::plugin {

namespace {

constexpr std::array kCrashes{std::pair(SIGSEGV, "SIGSEGV (invalid memory access)"),
                              std::pair(SIGBUS, "SIGBUS (invalid memory access)"),
                              std::pair(SIGFPE, "SIGFPE (integer division by zero or overflow)"),
                              std::pair(SIGILL, "SIGILL (instruction unknown to this processor)"),
                              std::pair(SIGABRT, "SIGABRT (abort)")};

thread_local const Frame* innermost = nullptr;
/// The outermost frame of the thread that entered one last: threads that a plugin starts have none
/// of their own.
std::atomic<const Frame*> latest = nullptr;

/// Whether the parent process tells how this one ended.
bool silent = false;

/// The text and its predecessor, so that a reader never sees one that is being written.
std::array<std::array<char, 512>, 2> saved_texts{};
std::atomic<const char*> saved = nullptr;

/// One line, put together without allocating: a signal handler may do little.
class Line {
 public:
  Line& operator<<(std::string_view text) {
    const size_t size = std::min(text.size(), text_.size() - 1 - size_);
    std::copy_n(text.begin(), size, text_.begin() + static_cast<std::ptrdiff_t>(size_));
    size_ += size;
    return *this;
  }
  Line& operator<<(int number) {
    std::array<char, 16> digits{};
    const auto end = std::to_chars(digits.begin(), digits.end(), number).ptr;
    return *this << std::string_view(digits.data(), static_cast<size_t>(end - digits.data()));
  }
  void print() {
    text_[size_++] = '\n';
    (void)!write(STDERR_FILENO, text_.data(), size_);
  }

 private:
  std::array<char, 2048> text_{};
  size_t size_ = 0;
};

/// Adds who is running: "plugin 'x', component 'y', in loss()".
void add_subject(Line& line, const Frame& frame) {
  const Origin& origin = frame.origin();
  if (!origin.location.empty()) line << origin.location << ": ";
  if (!origin.plugin.empty()) line << "plugin '" << origin.plugin << "', ";
  if (!origin.component.empty()) line << "component '" << origin.component << "', ";
  line << "in " << frame.function() << ": ";
}

void add_saved(Line& line) {
  const char* text = saved.load();
  line << "; " << (text != nullptr ? text : "nothing was saved in this session");
}

void report_crash(int signal) {
  const char* name = "";
  for (const auto& [number, description] : kCrashes) {
    if (number == signal) name = description;
  }
  const Frame* frame = innermost != nullptr ? innermost : latest.load();
  Line line;
  line << "\nsla_host: ";
  if (frame != nullptr)
    add_subject(line, *frame);
  else
    line << "in the host itself: ";
  line << "crashed with " << name << ", exit status " << kSignalStatus + signal;
  add_saved(line);
  line.print();
  // The handler was for once: the same signal now takes its default action.
  raise(signal);
}

/// Ends with an error if the plugin has chosen the status of success: nothing has succeeded.
void report_exit(int status, void* /*nothing*/) {
  if (innermost == nullptr || silent) return;
  Line line;
  line << "\nsla_host: ";
  add_subject(line, *innermost);
  line << "called exit()";
  add_saved(line);
  line.print();
  if (status != 0) return;
  std::fflush(nullptr);
  _exit(kUserErrorStatus);
}

}  // namespace

Frame::Frame(const Origin& origin, std::string_view function)
    : origin_(&origin), function_(function), outer_(innermost) {
  innermost = this;
  if (outer_ == nullptr) latest = this;
}

Frame::~Frame() {
  innermost = outer_;
  const Frame* own = this;
  if (outer_ == nullptr) latest.compare_exchange_strong(own, nullptr);
}

void report_crashes() {
  // Of its own, because a stack that has overflowed cannot be used.
  static std::array<char, size_t{1} << 16U> stack;
  stack_t area{};
  area.ss_sp = stack.data();
  area.ss_size = stack.size();
  sigaltstack(&area, nullptr);
  for (const auto& [signal, description] : kCrashes) {
    struct sigaction action {};
    if (sigaction(signal, nullptr, &action) != 0 || action.sa_handler != SIG_DFL) continue;
    action.sa_handler = &report_crash;
    action.sa_flags = static_cast<int>(SA_RESETHAND | SA_ONSTACK | SA_NODEFER);
    sigaction(signal, &action, nullptr);
  }
  on_exit(&report_exit, nullptr);
}

void leave_crashes_to_parent() {
  for (const auto& [signal, description] : kCrashes) {
    struct sigaction action {};
    const bool own = sigaction(signal, nullptr, &action) == 0 && action.sa_handler == &report_crash;
    if (own) std::signal(signal, SIG_DFL);
  }
  silent = true;
}

void note_saved(const std::string& text) {
  static std::mutex mutex;
  static size_t next = 0;
  const std::lock_guard lock(mutex);
  auto& buffer = saved_texts.at(next);
  const size_t size = std::min(text.size(), buffer.size() - 1);
  std::copy_n(text.begin(), size, buffer.begin());
  buffer[size] = '\0';
  saved = buffer.data();
  next = 1 - next;
}

}  // namespace host::plugin
