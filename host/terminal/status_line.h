#pragma once

#include <string>

namespace host::terminal {

/// Whether a person watches: standard error is a terminal that can move its cursor.
bool interactive();

/// Shows `text` as the one line at the bottom that is drawn over and over; cut to the terminal's
/// width. Does nothing where nobody watches. Any thread.
void show_status(const std::string& text);

/// Removes the status line, so that something else can be printed.
void clear_status();

}  // namespace host::terminal
