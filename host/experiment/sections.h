#pragma once

#include <string>
#include <utility>
#include <vector>

#include "host/experiment/experiment.h"
#include "host/experiment/value.h"

namespace host::experiment {

/// The root's table `key`, or an empty one; sets `where` to its place. Throws ExperimentError if it
/// is no table.
const Table& section(const Table& root, const std::string& key, Location& where);

/// The tables of a list of tables, or the single table, with their places. Throws ExperimentError.
std::vector<std::pair<const Table*, Location>> tables_of(const Table& root, const std::string& key);

/// Reads and checks the host's own tables. Throws ExperimentError.
void read_sections(const Table& root, Experiment& experiment);

/// Writes the defaults of the host's own tables into the document, so that it shows every value.
void complete_sections(Table& root);

}  // namespace host::experiment
