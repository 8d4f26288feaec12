#pragma once

#include <string>

#include "host/experiment/value.h"

namespace host::experiment {

/// The plugin that loads the images of a [dataset] table, at the end of its chain of sources; empty
/// if none is named.
std::string image_source(const Table& dataset);

/// Sets `stands_in_for` of an experiment whose images do not come from `meant_dataset`, the
/// [dataset] that it is about (or from the one that it already notes), and clears it otherwise.
void note_stand_in(Table& root, const Table& meant_dataset);

}  // namespace host::experiment
