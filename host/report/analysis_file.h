#pragma once

#include <vector>

#include "host/storage/run_directory.h"
#include "host/training/analysis.h"
#include "host/training/evaluation.h"

namespace host::report {

/// Writes what the report shows of a run's best checkpoint beyond its figures: classes, confusions
/// with example images, calibration, single transformations, what each prediction costs, and the
/// gallery of training images. `predictions` are those that `test` and `analysis` are of. Throws
/// StorageError, and what plugins throw.
void write_analysis(const storage::RunDirectory& run, const training::Assembly& assembly,
                    const std::vector<sla::Prediction>& predictions,
                    const training::Evaluation& test, const training::Analysis& analysis);

}  // namespace host::report
