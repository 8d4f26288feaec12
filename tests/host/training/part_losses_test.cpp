#include "host/training/part_losses.h"

#include <ATen/ops/scalar_tensor.h>
#include <ATen/ops/zeros.h>

#include "host/base/errors.h"
#include "tests/catch.h"

namespace {

using host::training::PartLosses;

at::Tensor number(double value) { return at::scalar_tensor(value, at::kDouble); }

sla::Batch batch_of(int64_t images) {
  return {.images = {}, .labels = at::zeros({images}, at::kLong)};
}

/// A batch of 8 images in parts of 6 and 2.
host::data::Parts parts() {
  host::data::Parts parts;
  parts.own = {{0, batch_of(6)}, {1, batch_of(2)}};
  parts.images = 8;
  return parts;
}

}  // namespace

TEST_CASE("means over images combine by the number of images", "[distributed]") {
  const host::distributed::Group alone;
  const auto cut = parts();
  PartLosses losses(alone, cut, at::kCPU);
  sla::Loss first{{"class", number(4)}, {"extra", number(8)}};
  first.logged["hits"] = number(0.5);
  sla::Loss second{{"class", number(12)}, {"extra", number(0)}};
  second.logged["hits"] = number(1);
  CHECK(losses.add(first).item<double>() == 6.0 / 8 * (4 + 8));
  CHECK(losses.add(second).item<double>() == 2.0 / 8 * (12 + 0));
  CHECK(losses.remaining().empty());
  const auto whole = losses.whole();
  CHECK(whole.terms.at(0).name == "class");
  CHECK(whole.terms.at(0).mean.item<double>() == 6.0);  // (6 * 4 + 2 * 12) / 8
  CHECK(whole.terms.at(1).mean.item<double>() == 6.0);  // (6 * 8 + 2 * 0) / 8
  CHECK(whole.logged.at("hits").item<double>() == 0.625);
}

TEST_CASE("weighted means combine by their weights once all are known", "[distributed]") {
  const host::distributed::Group alone;
  const auto cut = parts();
  PartLosses losses(alone, cut, at::kCPU);
  // The second term has no weight of its own: its images count.
  CHECK(!losses.add({{"class", number(4), number(1)}, {"extra", number(8)}}).defined());
  CHECK(!losses.add({{"class", number(12), number(3)}, {"extra", number(0)}}).defined());
  const auto remaining = losses.remaining();
  REQUIRE(remaining.size() == 2);
  CHECK(remaining[0].item<double>() == 1.0 / 4 * 4 + 6.0 / 8 * 8);
  CHECK(remaining[1].item<double>() == 3.0 / 4 * 12 + 2.0 / 8 * 0);
  const auto whole = losses.whole();
  CHECK(whole.terms.at(0).mean.item<double>() == 10.0);  // (1 * 4 + 3 * 12) / 4
  CHECK(whole.terms.at(1).mean.item<double>() == 6.0);
}

TEST_CASE("parts must have the same terms", "[distributed]") {
  const host::distributed::Group alone;
  const auto cut = parts();
  PartLosses losses(alone, cut, at::kCPU);
  losses.add({{"class", number(4)}, {"extra", number(8)}});
  CHECK_THROWS_WITH(losses.add(number(1)), ContainsSubstring("must not depend on the images"));
}
