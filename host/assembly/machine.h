#pragma once

#include <c10/core/Device.h>

#include <cstdint>
#include <string>

#include "host/distributed/place.h"
#include "host/experiment/options.h"

namespace host::assembly {

/// Configures threads and kernels for training, before the first component is made.
/// `local_processes` of the run share this machine's processors.
void prepare_machine(const experiment::RuntimeOptions& options, int64_t local_processes = 1);

/// How many threads load batches for a device: what the experiment says, or else one per processor
/// for a GPU, but at most 8; on the CPU, which is busy with training, one.
int64_t loading_threads(const experiment::RuntimeOptions& options, at::Device device);

/// The device of this name: "cpu", "cuda", "cuda:1", or "auto": cuda if available. If several
/// processes train together, "cuda" is the one of this process's rank on its machine. Throws
/// ExperimentError.
at::Device device_of(const std::string& name, const distributed::Place& place = {});

}  // namespace host::assembly
