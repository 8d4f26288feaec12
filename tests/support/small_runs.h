#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "tests/support/scratch_folder.h"

namespace tests {

/// Trains a small network on synthetic images for four iterations in `folder`/`name`, with further
/// arguments (such as --set), and returns the run. Its objective is SLA with horizontal flips; the
/// profile `baseline` has neither.
std::string small_run(const ScratchFolder& folder, const std::string& name,
                      std::vector<std::string> arguments = {});

/// The logits [T, N] of a prediction that eval writes for the test split of a run, to
/// logits.safetensors in `folder`.
at::Tensor test_logits(const ScratchFolder& folder, const std::string& run,
                       const std::string& prediction);

/// The rows of a tensor [R, K] as numbers.
std::vector<std::vector<double>> rows_of(const at::Tensor& tensor);

/// The class probabilities of a row of logits.
std::vector<double> softmax(std::vector<double> row);

}  // namespace tests
