#pragma once

#include <string>
#include <vector>

#include "host/assembly/assembly.h"
#include "host/training/course.h"

namespace host::training {

/// What an experiment sets in vain, a line each: keys that other choices leave without effect,
/// batches larger than the training split, and milestones and phases that the run ends before.
std::vector<std::string> unused_settings(const assembly::Assembly& assembly, const Course& course);

/// Warns of them.
void warn_of_unused_settings(const assembly::Assembly& assembly, const Course& course);

}  // namespace host::training
