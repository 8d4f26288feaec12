#pragma once

#include <string>
#include <vector>

#include "host/assembly/assembly.h"

namespace host::run {

/// Checks that an experiment's test results are meaningful: the checkpoint is not selected on the
/// test split, the validation and test splits share no images, and if the test classes are new to
/// training (few-shot), they are not in the validation split either.
/// Warns about violations that [protocol] accept allows and returns their texts, to be written into
/// every report. Throws ExperimentError for any other violation, and for an unknown text in
/// [protocol] accept.
std::vector<std::string> check_protocol(const assembly::Assembly& assembly,
                                        const std::string& select);

}  // namespace host::run
