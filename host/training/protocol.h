#pragma once

#include <string>
#include <vector>

#include "host/training/assembly.h"
#include "host/training/selection.h"

namespace host::training {

/// Holds an experiment against what makes its test figures mean something: the checkpoint is not
/// chosen on the test split, the validation split shares no images with it, and where the test
/// classes are ones that training never shows (few-shot), validation shows none of them either.
/// Warns of the departures that [protocol] accept allows and returns them, in words, to be written
/// into every report. Throws ExperimentError at any other, and where the experiment accepts words
/// that mean nothing.
std::vector<std::string> check_protocol(const Assembly& assembly, const Selection& selection);

}  // namespace host::training
