#include "sla/batch.h"

#include "sla/error.h"

namespace sla {

const at::Tensor& annotation(const Batch& batch, const std::string& name) {
  const auto found = batch.annotations.find(name);
  if (found != batch.annotations.end()) return found->second;
  std::string known;
  for (const auto& [other, tensor] : batch.annotations) {
    known += (known.empty() ? "" : ", ") + other;
  }
  throw Error("the batch has no annotation '" + name + "' (it has " +
              (known.empty() ? "none" : known) +
              "); add the augmentation or dataset that writes it to the experiment");
}

}  // namespace sla
