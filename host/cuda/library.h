#pragma once

#include <string>

#include "host/cuda/functions.h"

namespace host::cuda {

/// libsla_cuda.so, a file of its own, so that the program runs with LibTorch for the CPU, too.
struct Library {
  /// nullptr if it cannot be loaded.
  const Functions* functions = nullptr;
  /// Why it cannot; else empty.
  std::string obstacle = {};
};

/// Loads it at the first call, from this program's run path: its build folder, or lib/sla of its
/// installation.
const Library& library();

}  // namespace host::cuda
