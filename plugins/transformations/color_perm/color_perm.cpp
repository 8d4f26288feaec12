#include <sla/error.h>
#include <sla/plugin.h>
#include <sla/transformation.h>

#include <array>
#include <string>

#include <ATen/ops/stack.h>

namespace {

using Order = std::array<int64_t, 3>;

/// All orders of (red, green, blue), in lexicographic order.
constexpr std::array<Order, 6> kAllOrders{
    {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}}};

/// The cyclic ones.
constexpr std::array<Order, 3> kCyclicOrders{{{0, 1, 2}, {1, 2, 0}, {2, 0, 1}}};

/// Permutations of the colour channels: channel c of transformation j is channel kOrders[j][c].
template <const auto& kOrders>
class ColorPermutation final : public sla::Transformation {
 public:
  ColorPermutation(const sla::Parameters&, sla::Host&) {}

  int64_t count() const override { return std::size(kOrders); }

  at::Tensor view(const at::Tensor& images, int64_t j) const override {
    if (images.size(1) != 3) {
      throw sla::Error("colour permutations need images with 3 channels, not " +
                       std::to_string(images.size(1)));
    }
    if (j == 0) return images;
    const auto& [red, green, blue] = kOrders.at(j);
    return at::stack({images.select(1, red), images.select(1, green), images.select(1, blue)}, 1);
  }
};

}  // namespace

SLA_PLUGIN("1.0.0",
           sla::component<ColorPermutation<kAllOrders>>("color_perm",
                                                        "All 6 permutations of the channels"),
           sla::component<ColorPermutation<kCyclicOrders>>("color_perm3",
                                                           "The 3 cyclic shifts of the channels"))
