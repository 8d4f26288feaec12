#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "host/results/run.h"

namespace host::report {

/// One HTML page that needs nothing else: curves, tables and pictures of one run or of several.
/// `notes` are shown on it.
std::string page_of(std::vector<results::Run> runs, std::vector<std::string> notes);

}  // namespace host::report
