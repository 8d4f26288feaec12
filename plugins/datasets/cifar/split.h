#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace cifar {

/// The published training images used for training and those held out, as sorted int64 positions in
/// the training files.
struct HeldOut {
  at::Tensor train;
  at::Tensor validation;
};

/// Holds out `validation` images, chosen by `seed` alone. Of the others keeps at most
/// `limit_per_class` images per class (0: all), the first ones in random order.
HeldOut hold_out(const at::Tensor& labels, int64_t classes, int64_t validation,
                 int64_t limit_per_class, int64_t seed);

}  // namespace cifar
