#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace host::assembly {

struct Assembly;

/// What a run began with instead of random weights.
struct InitialWeights {
  std::filesystem::path file = {};
  std::string sha256 = {};
  /// Tensors of the file that the network did not take, such as the heads of other classes.
  std::vector<std::string> left_out = {};
  /// Whether the objective's heads were taken, too; else they start at random.
  bool heads = false;
};

/// If the experiment's [model] names `weights`, a file or a finished run, copies them into the
/// network: all tensors of the model, whatever wrappers add to their names; and the heads if the
/// file holds heads of the same names, shapes and classes. Records it in the assembly, and logs
/// what was taken and what not. Throws StorageError naming the first tensors that are missing or of
/// another shape; the network is then unchanged.
void load_initial_weights(Assembly& assembly);

}  // namespace host::assembly
