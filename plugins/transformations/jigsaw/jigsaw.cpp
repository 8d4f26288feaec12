#include <sla/error.h>
#include <sla/host.h>
#include <sla/plugin.h>
#include <sla/transformation.h>

#include <algorithm>
#include <string>

#include <ATen/ops/index_select.h>
#include <ATen/ops/tensor.h>

#include "permutations.h"

namespace {

/// Default number of transformations: all 24 of a 2x2 grid.
constexpr int64_t kDefaultCount = 24;

/// Cuts the image into grid x grid tiles and rearranges them.
class Jigsaw final : public sla::Transformation {
 public:
  static std::vector<sla::Parameter> parameters() {
    return {{.name = "grid",
             .default_value = 2,
             .help = "tiles along each side",
             .minimum = 2,
             .maximum = 4},
            {.name = "count",
             .default_value = 0,
             .help = "number of permutations, chosen for large Hamming distances; 0: 24",
             .minimum = 0,
             .maximum = 1000}};
  }

  Jigsaw(const sla::Parameters& parameters, sla::Host& host) : grid_(parameters.integer("grid")) {
    const int64_t asked = parameters.integer("count");
    const int64_t tiles = grid_ * grid_;
    if (asked > jigsaw::factorial(tiles)) {
      throw sla::Error("count = " + std::to_string(asked) + ", but " + std::to_string(tiles) +
                       " tiles have only " + std::to_string(jigsaw::factorial(tiles)) +
                       " permutations");
    }
    for (const auto& order :
         jigsaw::distant_permutations(tiles, asked == 0 ? kDefaultCount : asked)) {
      orders_.push_back(at::tensor(order).to(host.device()));
    }
  }

  int64_t count() const override { return std::ssize(orders_); }

  at::Tensor view(const at::Tensor& images, int64_t j) const override {
    const int64_t height = images.size(2);
    const int64_t width = images.size(3);
    if (height % grid_ != 0 || width % grid_ != 0) {
      throw sla::Error("images of " + std::to_string(height) + "x" + std::to_string(width) +
                       " pixels cannot be cut into " + std::to_string(grid_) + "x" +
                       std::to_string(grid_) + " equal tiles");
    }
    if (j == 0) return images;
    const int64_t tile_height = height / grid_;
    const int64_t tile_width = width / grid_;
    const auto tiles = images.unflatten(3, {grid_, tile_width})
                           .unflatten(2, {grid_, tile_height})
                           .transpose(3, 4)  // [B, C, row, column, tile_height, tile_width]
                           .flatten(2, 3);
    return tiles.index_select(/*dim=*/2, orders_.at(j).to(images.device()))
        .unflatten(2, {grid_, grid_})
        .transpose(3, 4)
        .reshape(images.sizes());
  }

 private:
  int64_t grid_;
  std::vector<at::Tensor> orders_;  // each [grid*grid] int64
};

}  // namespace

SLA_PLUGIN("1.0.0", sla::component<Jigsaw>("jigsaw", "Permutations of the tiles of a grid"))
