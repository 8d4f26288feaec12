#pragma once

#include <vector>

#include "host/evaluation/analysis.h"
#include "host/evaluation/evaluation.h"
#include "host/storage/run_directory.h"

namespace host::gallery {

/// Writes the report's data on a run's best checkpoint beyond its metrics: classes, confusions with
/// example images, calibration, accuracy per transformation, cost of each prediction, and the
/// gallery of training images. `predictions` are those in `test` and `analysis`. Throws
/// StorageError, and what plugins throw.
void write_analysis(const storage::RunDirectory& run, const assembly::Assembly& assembly,
                    const std::vector<sla::Prediction>& predictions,
                    const evaluation::Evaluation& test, const evaluation::Analysis& analysis);

}  // namespace host::gallery
