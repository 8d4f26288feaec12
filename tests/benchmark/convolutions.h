#pragma once

#include <cstdint>

namespace benchmark {

/// Prints the milliseconds (the least of `times`) of 3x3 convolutions by LibTorch and by our own
/// kernels, which share their results' types and layouts: output, gradient of the inputs, gradient
/// of the weight. The shapes are those of the networks for CIFAR and of ResNet-18.
void print_convolutions(int64_t times);

}  // namespace benchmark
