#pragma once

#include <ATen/core/Tensor.h>

#include "sla/batch.h"
#include "sla/batch_random.h"

namespace sla {

/// A random change of training images, after loading and before the transformations. Constructed
/// with `(const Parameters&, Host&)`. Immutable; several loading threads call it concurrently.
class Augmentation {
 public:
  virtual ~Augmentation() = default;

  /// Changes a training batch on the CPU, in place or by replacing its tensors; keeps the number,
  /// order, shape and dtype of the images. Supports uint8 (0..255) and floating point (0..1).
  /// Takes all random numbers from `random`: for image b from `random.image(b)`, for the images as
  /// a whole from `random.part()`, so that the result depends only on the images, their positions
  /// in the global batch and, if it uses part(), on how that is divided. May add annotations. Sets
  /// `batch.mixed` if mixes_labels(). Throws sla::Error if the images are unsuitable.
  virtual void apply(Batch& batch, const BatchRandom& random) const = 0;

  /// Whether apply() mixes images and sets `batch.mixed`. Only one augmentation of an experiment
  /// may; the host rejects a second one, and objectives that do not accept mixed labels.
  virtual bool mixes_labels() const { return false; }
};

/// An augmentation that processes each image independently.
class ImageAugmentation : public Augmentation {
 public:
  /// Maps an image [C, H, W], contiguous, to one of the same shape and dtype; may edit its input
  /// and return it, or a view of it. Several loading threads call it concurrently.
  virtual at::Tensor augment(const at::Tensor& image, RandomStream random) const = 0;

  /// Calls augment() for each image. Throws sla::Error if a result has another shape or dtype.
  void apply(Batch& batch, const BatchRandom& random) const final;
};

}  // namespace sla
