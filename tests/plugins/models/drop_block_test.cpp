#include "plugins/models/resnet12/drop_block.h"

#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>

#include "tests/catch.h"
#include "tests/support/assemblies.h"

using resnet12::DropBlock;

TEST_CASE("DropBlock zeroes whole squares and keeps the mean", "[models]") {
  at::manual_seed(11);
  DropBlock drop(/*rate=*/0.1, /*block_size=*/3, /*ramp=*/1);
  const auto y = drop.forward(at::ones({64, 16, 10, 10}));
  CHECK(y.mean().item<double>() == Approx(1).epsilon(1e-5));
  const auto dropped = y.eq(0);
  // Overlapping squares make it a little less than the rate.
  const double share = dropped.to(at::kDouble).mean().item<double>();
  CHECK(share > 0.08);
  CHECK(share < 0.1);
  // Each dropped pixel is covered by a 3x3 square of dropped ones: eroding and dilating gives it
  // back.
  const auto squares = dropped.unfold(2, 3, 1).unfold(3, 3, 1).flatten(4).all(4);
  auto rebuilt = at::ones({64, 16, 10, 10}, at::kBool).logical_not();
  for (int64_t dy = 0; dy < 3; ++dy) {
    for (int64_t dx = 0; dx < 3; ++dx) {
      rebuilt.narrow(2, dy, 8).narrow(3, dx, 8).logical_or_(squares);
    }
  }
  CHECK(rebuilt.equal(dropped));
}

TEST_CASE("DropBlock's share rises with the batches it has seen, and is saved", "[models]") {
  at::manual_seed(12);
  DropBlock drop(0.2, 2, /*ramp=*/100);
  const auto x = at::ones({32, 32, 8, 8});
  const auto share = [&] { return drop.forward(x).eq(0).to(at::kDouble).mean().item<double>(); };
  CHECK(share() < 0.01);
  for (int i = 0; i < 48; ++i) drop.forward(x);
  const double half = share();  // the 50th batch
  CHECK(half == Approx(0.095).margin(0.02));
  DropBlock restored(0.2, 2, 100);
  restored.named_buffers()["num_batches_tracked"].fill_(50);
  CHECK(drop.named_buffers()["num_batches_tracked"].item<int64_t>() == 50);
  at::manual_seed(13);
  const auto expected = drop.forward(x);
  at::manual_seed(13);
  CHECK(restored.forward(x).equal(expected));
}

TEST_CASE("DropBlock leaves evaluation alone and fits any image", "[models]") {
  DropBlock drop(0.5, 5, 1);
  const auto x = at::randn({2, 3, 2, 2});  // smaller than a block
  const auto y = drop.forward(x);
  // A block covers the whole channel: it is dropped or kept.
  const auto channels = y.eq(0).flatten(2);
  CHECK(channels.all(2).logical_or(channels.logical_not().all(2)).all().item<bool>());
  drop.eval();
  CHECK(drop.forward(x).equal(x));
  CHECK(drop.named_buffers()["num_batches_tracked"].item<int64_t>() == 1);
}
