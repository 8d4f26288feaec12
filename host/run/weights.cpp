#include "host/run/weights.h"

namespace host::run {

storage::TensorFile weights_in(const storage::TensorFile& checkpoint) {
  storage::TensorFile weights{storage::tensors_below(kNetworkPrefix, checkpoint.tensors), {}};
  for (const char* key : {"experiment", "task"}) {
    const auto found = checkpoint.metadata.find(key);
    if (found != checkpoint.metadata.end()) weights.metadata.insert(*found);
  }
  return weights;
}

}  // namespace host::run
