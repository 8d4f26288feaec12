#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <map>
#include <string>

namespace sla {

/// Which part of a dataset: `train` is learnt from, `validation` chooses, `test` is reported.
enum class Split { train, validation, test };

/// The images that make up one batch.
struct Draw {
  /// [B] int64 on the CPU, positions in the split.
  at::Tensor indices;
  /// Merged into the batch's annotations; first dimension B.
  std::map<std::string, at::Tensor> annotations = {};
  /// Merged into the batch's numbers.
  std::map<std::string, int64_t> numbers = {};
};

/// Chooses the images of each batch. A sampler is a pure function of the batch's number, so that
/// any batch can be drawn again and a resumed run continues exactly. Called from a data-loading
/// thread, never from two at once.
class Sampler {
 public:
  virtual ~Sampler() = default;

  /// The images of batch `number` (0, 1, ... over the whole run, not per epoch).
  virtual Draw draw(int64_t number) const = 0;

  /// How many batches make one pass: an epoch of training, or one whole evaluation.
  virtual int64_t batches_per_pass() const = 0;
};

}  // namespace sla
