#include "host/terminal/status_line.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string_view>

namespace host::terminal {

namespace {

std::mutex mutex;
bool shown = false;
bool hidden = false;

size_t width() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

}  // namespace

bool interactive() {
  static const bool answer = [] {
    const char* kind = std::getenv("TERM");
    return isatty(STDERR_FILENO) == 1 && (kind == nullptr || std::string_view(kind) != "dumb");
  }();
  return answer && !hidden;
}

void hide_status() {
  clear_status();
  hidden = true;
}

void show_status(const std::string& text) {
  if (!interactive()) return;
  const std::lock_guard lock(mutex);
  std::fprintf(stderr, "\r\x1b[K%s", text.substr(0, width() - 1).c_str());
  std::fflush(stderr);
  shown = true;
}

void clear_status() {
  const std::lock_guard lock(mutex);
  if (!shown) return;
  std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
  shown = false;
}

}  // namespace host::terminal
