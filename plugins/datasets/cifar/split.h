#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace cifar {

/// Which of the published training images are trained on and which are held out, as sorted int64
/// positions in the training files.
struct HeldOut {
  at::Tensor train;
  at::Tensor validation;
};

/// Holds out `validation` images, chosen by `seed` alone, and keeps of the rest at most
/// `limit_per_class` images of each class (0: all), the first of them in the order of the draw.
HeldOut hold_out(const at::Tensor& labels, int64_t classes, int64_t validation,
                 int64_t limit_per_class, int64_t seed);

}  // namespace cifar
