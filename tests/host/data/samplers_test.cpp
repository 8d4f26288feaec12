#include "host/data/samplers.h"

#include <set>

#include "tests/catch.h"

using namespace host::data;

namespace {

std::vector<int64_t> indices(const sla::Sampler& sampler, int64_t number) {
  const at::Tensor drawn = sampler.draw(number).indices;
  return {drawn.data_ptr<int64_t>(), drawn.data_ptr<int64_t>() + drawn.numel()};
}

}  // namespace

TEST_CASE("an independent draw has no image twice and can be drawn again", "[data]") {
  const IndependentSampler sampler(100, 30, sla::RandomStream(1));
  std::vector<int> times(100, 0);
  for (int64_t number = 0; number < 1000; ++number) {
    const auto drawn = indices(sampler, number);
    CHECK(std::set(drawn.begin(), drawn.end()).size() == 30);
    for (const int64_t index : drawn) ++times.at(index);
  }
  // Each is drawn 300 times, within five standard deviations.
  for (const int count : times) CHECK(std::abs(count - 300) < 75);
  CHECK(indices(sampler, 7) == indices(sampler, 7));
  CHECK(indices(sampler, 7) != indices(sampler, 8));
  CHECK(indices(IndependentSampler(5, 30, sla::RandomStream(1)), 0).size() == 5);
}

TEST_CASE("an independent draw is in any order, whichever parts it is cut into", "[data]") {
  const IndependentSampler sampler(40, 30, sla::RandomStream(1));
  std::vector<int> times(40, 0);
  for (int64_t number = 0; number < 1000; ++number) {
    const auto drawn = indices(sampler, number);
    for (int64_t i = 0; i < 15; ++i) ++times.at(drawn[i]);
  }
  // Each is in the first half of 375 batches, within five standard deviations.
  for (const int count : times) CHECK(std::abs(count - 375) < 80);
}

TEST_CASE("an epoch holds every image once, in an order of its own", "[data]") {
  const EpochSampler sampler(10, 4, sla::RandomStream(1));
  REQUIRE(sampler.batches_per_pass() == 3);
  std::vector<std::vector<int64_t>> epochs;
  for (int64_t epoch = 0; epoch < 2; ++epoch) {
    std::vector<int64_t> order;
    for (int64_t batch = 0; batch < 3; ++batch) {
      for (const int64_t index : indices(sampler, epoch * 3 + batch)) order.push_back(index);
    }
    CHECK(std::set(order.begin(), order.end()).size() == 10);
    CHECK(order.size() == 10);
    epochs.push_back(order);
  }
  CHECK(epochs[0] != epochs[1]);
  // Going back draws the same again.
  CHECK(indices(sampler, 0) == std::vector(epochs[0].begin(), epochs[0].begin() + 4));
}

TEST_CASE("a sample is drawn once and goes through its images in their order", "[data]") {
  const auto sample_of = [](uint64_t seed) {
    const SampleSampler sampler(100, 30, 8, sla::RandomStream(seed));
    CHECK(sampler.batches_per_pass() == 4);
    std::vector<int64_t> all;
    for (int64_t number = 0; number < 4; ++number) {
      for (const int64_t index : indices(sampler, number)) all.push_back(index);
    }
    return all;
  };
  const auto sample = sample_of(1);
  const std::set different(sample.begin(), sample.end());
  CHECK(std::vector(different.begin(), different.end()) == sample);
  CHECK(sample.size() == 30);
  CHECK(*different.begin() >= 0);
  CHECK(*different.rbegin() < 100);
  CHECK(sample_of(1) == sample);
  CHECK(sample_of(2) != sample);
}

TEST_CASE("an evaluation goes through the images in their order", "[data]") {
  const SequentialSampler sampler(5, 2);
  CHECK(sampler.batches_per_pass() == 3);
  CHECK(indices(sampler, 1) == std::vector<int64_t>{2, 3});
  CHECK(indices(sampler, 2) == std::vector<int64_t>{4});
}
