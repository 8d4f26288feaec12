#pragma once

#include <string>
#include <vector>

#include "host/experiment/value.h"

namespace host::experiment {

/// Keeps the [[published]] entries for exactly the profiles `chosen`, in any order; an entry
/// without the key `profiles` belongs to the experiment without profiles. Drops that key from the
/// entries kept, so that a resolved experiment contains its published values. Throws
/// ExperimentError if an entry names a profile that is not in `known`.
void keep_published(Table& root, const std::vector<std::string>& chosen,
                    const std::vector<std::string>& known);

}  // namespace host::experiment
