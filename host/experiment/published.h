#pragma once

#include <string>
#include <vector>

#include "host/experiment/value.h"

namespace host::experiment {

/// Keeps those [[published]] entries that are of exactly the profiles `chosen`, in any order; an
/// entry without the key `profiles` is of the experiment without a profile. Drops that key from
/// what is kept, so that a resolved experiment says what is published of it. Throws ExperimentError
/// if an entry names a profile that is not in `known`.
void keep_published(Table& root, const std::vector<std::string>& chosen,
                    const std::vector<std::string>& known);

}  // namespace host::experiment
