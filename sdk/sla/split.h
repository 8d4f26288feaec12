#pragma once

namespace sla {

/// A split of a dataset: `train` for training, `validation` for selection, `test` for reporting.
enum class Split { train, validation, test };

}  // namespace sla
