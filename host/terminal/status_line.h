#pragma once

#include <string>

namespace host::terminal {

/// Whether standard error is a terminal with cursor control.
bool interactive();

/// Shows `text` as the status line at the bottom, cut to the terminal's width. Does nothing without
/// a terminal. Any thread.
void show_status(const std::string& text);

/// Shows no status line from now on.
void hide_status();

/// Removes the status line, so that something else can be printed.
void clear_status();

}  // namespace host::terminal
