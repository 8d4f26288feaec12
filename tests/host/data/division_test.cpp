#include "host/data/division.h"

#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>

#include "tests/catch.h"

namespace {

using host::data::part_of;

std::vector<int64_t> indices_of(const sla::Draw& draw) {
  const auto* first = draw.indices.data_ptr<int64_t>();
  return {first, first + draw.indices.numel()};
}

}  // namespace

TEST_CASE("a batch is cut into parts of consecutive images", "[distributed]") {
  sla::Draw draw{at::arange(100, 107, at::kLong)};
  draw.annotations["row"] = at::arange(7).view({7, 1});
  const std::vector<std::vector<int64_t>> expected{{100, 101, 102}, {103, 104}, {105, 106}};
  const std::vector<int64_t> begins{0, 3, 5};
  for (int64_t n = 0; n < 3; ++n) {
    const auto part = part_of(draw, n, 3);
    CHECK(indices_of(part.draw) == expected[static_cast<size_t>(n)]);
    CHECK(part.begin == begins[static_cast<size_t>(n)]);
    CHECK(part.draw.annotations.at("row").select(1, 0).equal(part.draw.indices - 100));
  }
  // Fewer images than parts: the last ones are empty.
  const sla::Draw small{at::arange(2, at::kLong)};
  CHECK(indices_of(part_of(small, 0, 3).draw) == std::vector<int64_t>{0});
  CHECK(indices_of(part_of(small, 1, 3).draw) == std::vector<int64_t>{1});
  CHECK(indices_of(part_of(small, 2, 3).draw).empty());
}

TEST_CASE("episodes stay whole", "[distributed]") {
  // Three episodes of 2 classes with 1 support and 1 query image.
  const sla::Draw draw{at::arange(12, at::kLong), {}, sla::EpisodeLayout{3, 2, 1, 1}};
  const auto first = part_of(draw, 0, 2);
  const auto second = part_of(draw, 1, 2);
  CHECK(indices_of(first.draw) == std::vector<int64_t>{0, 1, 2, 3, 4, 5, 6, 7});
  CHECK(first.draw.episodes->episodes == 2);
  CHECK(indices_of(second.draw) == std::vector<int64_t>{8, 9, 10, 11});
  CHECK(second.draw.episodes->episodes == 1);
  CHECK(second.draw.episodes->way == 2);
  CHECK(second.begin == 8);
}
