#pragma once

#include <string>
#include <vector>

#include "host/results/run.h"

namespace host::results {

/// Draws a metric over the iterations with characters: `rows` lines of `columns` characters, the
/// greatest and the least value at the left, iterations from 0 to the last to the right. Dots of
/// Braille characters, of which each holds 2 x 4, if `unicode`; else asterisks. Values that are not
/// finite are left out.
std::vector<std::string> drawn_curve(const Series& series, int rows, int columns, bool unicode);

}  // namespace host::results
