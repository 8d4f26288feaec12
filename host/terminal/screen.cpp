#include "host/terminal/screen.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace host::terminal {

namespace {

/// The beginning of UTF-8 text, at most so many characters.
std::string beginning(const std::string& text, int characters) {
  size_t end = 0;
  for (; end < text.size(); ++end) {
    const bool starts = (static_cast<unsigned char>(text[end]) & 0xC0U) != 0x80U;
    if (starts && characters-- == 0) break;
  }
  return text.substr(0, end);
}

}  // namespace

std::optional<ScreenSize> screen() {
  const char* kind = std::getenv("TERM");
  if (isatty(STDOUT_FILENO) != 1 || kind == nullptr || std::string_view(kind) == "dumb") {
    return std::nullopt;
  }
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) {
    return ScreenSize{};
  }
  return ScreenSize{size.ws_row, size.ws_col};
}

bool shows_unicode() {
  // The first that is set counts, as in setlocale(3).
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    std::string lower(value);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return lower.find("utf-8") != std::string::npos || lower.find("utf8") != std::string::npos;
  }
  return false;
}

void show_screen(const std::vector<std::string>& lines, const ScreenSize& size) {
  std::string text = "\x1b[H";  // to the top, without the flicker of clearing first
  const int count = std::min(static_cast<int>(lines.size()), size.rows - 1);
  for (int row = 0; row < count; ++row) {
    text += beginning(lines[static_cast<size_t>(row)], size.columns) + "\x1b[K\n";
  }
  text += "\x1b[J";
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

}  // namespace host::terminal
