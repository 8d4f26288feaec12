#pragma once

#include <optional>
#include <string>
#include <vector>

namespace host::terminal {

/// Rows and columns of characters.
struct ScreenSize {
  int rows = 24;
  int columns = 80;
};

/// The size, now, of the terminal that standard output is; nullopt if it is none or has no cursor
/// control (TERM=dumb).
std::optional<ScreenSize> screen();

/// Whether the locale says that text is UTF-8.
bool shows_unicode();

/// Replaces what the screen shows by these lines, cut to its width.
void show_screen(const std::vector<std::string>& lines, const ScreenSize& size);

}  // namespace host::terminal
