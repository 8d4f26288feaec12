#pragma once

#include <c10/core/Device.h>

#include <string>

#include "host/experiment/options.h"

namespace host::assembly {

/// Configures threads and memory allocation for training, once per process.
void prepare_machine(const experiment::RuntimeOptions& options);

/// The device of this name: "cpu", "cuda", "cuda:1", or "auto": cuda if available. Throws
/// ExperimentError.
at::Device device_of(const std::string& name);

}  // namespace host::assembly
