#pragma once

#include <filesystem>
#include <string>

#include "host/experiment/document.h"

namespace tests {

/// A complete experiment of inline tables, so that tables may follow.
inline const std::string kCompleteExperiment = R"(dataset = { plugin = "synthetic" }
model = { plugin = "cresnet" }
objective = { plugin = "sla" }
training = { batch_size = 1, total_iterations = 10, validate_every_iterations = 5 }
)";

/// The error from reading an experiment's file, without its folder.
std::string complaint_about(const std::filesystem::path& file,
                            const host::experiment::Overrides& overrides);

}  // namespace tests
