#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "host/results/run.h"

namespace host::report {

/// A self-contained HTML page with curves, tables and images of one or more runs. `notes` are shown
/// on it.
std::string page_of(std::vector<results::Run> runs, std::vector<std::string> notes);

}  // namespace host::report
