#include "host/evaluation/crops.h"

#include <array>

#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/flip.h>

namespace host::evaluation {

at::Tensor crop(const at::Tensor& images, int64_t margin, int64_t number) {
  constexpr int64_t kPlaces = kTenCrops / 2;
  // Rows and columns to shift by, in margins.
  constexpr std::array<std::array<int64_t, 2>, kPlaces> kShifts{
      {{0, 0}, {-1, -1}, {-1, 1}, {1, -1}, {1, 1}}};
  const auto [down, right] = kShifts.at(static_cast<size_t>(number % kPlaces));
  const auto padded = at::constant_pad_nd(images, {margin, margin, margin, margin});
  const auto cropped = padded.narrow(/*dim=*/2, margin * (1 + down), images.size(2))
                           .narrow(/*dim=*/3, margin * (1 + right), images.size(3));
  return (number < kPlaces ? cropped : cropped.flip({3})).contiguous();
}

}  // namespace host::evaluation
