#pragma once

#include <ATen/core/Tensor.h>

#include <map>
#include <string>

namespace host::assembly {

/// Gives tensors that another program saved the names of a network's state `own`: leaves out the
/// wrappers that torch.compile ("_orig_mod"), DataParallel and DDP ("module") put into names, and
/// takes the part of the file, such as all below "model." or "state_dict.", that has every name. If
/// several have, takes the one with the shortest name and warns. If none has, returns the part that
/// has most, for load_state() to name what it lacks. `source` names the file.
std::map<std::string, at::Tensor> named_like(const std::map<std::string, at::Tensor>& own,
                                             const std::map<std::string, at::Tensor>& found,
                                             const std::string& source);

}  // namespace host::assembly
