#pragma once

namespace host::terminal {

/// Opens /dev/null for each of the descriptors 0, 1 and 2 that the program was started without.
/// Otherwise the first files that it opens would take their numbers, and what it prints would land
/// in them.
void open_standard_streams();

/// Writes out what has been printed. Throws Error if standard output could not take it, but not if
/// its reader has gone: it wanted no more.
void finish_output();

}  // namespace host::terminal
