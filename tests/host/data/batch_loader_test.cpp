#include "host/data/batch_loader.h"

#include <ATen/Parallel.h>
#include <ATen/ops/arange.h>

#include <algorithm>
#include <atomic>
#include <stdexcept>

#include "tests/catch.h"
#include "tests/support/assemblies.h"

namespace {

using host::data::BatchLoader;

constexpr int64_t kNever = -1;

/// Draws images n to n + 7 for batch n; fails at one batch. Watches its callers.
class WatchedSampler final : public sla::Sampler {
 public:
  explicit WatchedSampler(int64_t failing = kNever) : failing_(failing) {}

  sla::Draw draw(int64_t number) const override {
    if (busy_.exchange(true)) concurrent_ = true;
    ++drawn_;
    threads_ = std::max<int>(threads_, at::get_num_threads());
    busy_ = false;
    if (number == failing_) throw std::runtime_error("no batch " + std::to_string(number));
    return {at::arange(number, number + 8, at::kLong)};
  }
  int64_t batches_per_pass() const override { return 1; }

  int64_t drawn() const { return drawn_; }
  bool concurrent() const { return concurrent_; }
  int threads() const { return threads_; }

 private:
  int64_t failing_;
  mutable std::atomic<bool> busy_ = false;
  mutable std::atomic<bool> concurrent_ = false;
  mutable std::atomic<int64_t> drawn_ = 0;
  mutable std::atomic<int> threads_ = 0;
};

host::data::BatchSource source(std::shared_ptr<const sla::Sampler> sampler) {
  static const auto assembly = tests::assembly_of(
      "objective.plugin = 'baseline'\n"
      "augmentation = [{ plugin = 'random_crop', padding = 4 }, { plugin = 'random_flip' }]\n"
      "dataset = { plugin = 'synthetic', train = 200, validation = 8, test = 8 }\n");
  return {.dataset = assembly.dataset,
          .split = sla::Split::train,
          .sampler = std::move(sampler),
          .augment = true,
          .augmentations = assembly.augmentations,
          .random = sla::RandomStream(4)};
}

}  // namespace

TEST_CASE("batches come in order, the same from any number of loading threads", "[data]") {
  const auto threads = GENERATE(int64_t{1}, int64_t{2}, int64_t{3});
  const auto sampler = std::make_shared<WatchedSampler>();
  BatchLoader loader(source(sampler), 5, 45, threads);
  for (int64_t number = 5; number < 45; ++number) {
    const auto batch = loader.next();
    // Each batch alone, loaded by one thread from the start.
    BatchLoader alone(source(std::make_shared<WatchedSampler>()), number, number + 1);
    const auto expected = alone.next();
    CHECK(batch.images.equal(expected.images));
    CHECK(batch.labels.equal(expected.labels));
    CHECK(batch.labels.equal(at::arange(number, number + 8, at::kLong).remainder(10)));
    // Three wait, and one per thread is being loaded.
    CHECK(sampler->drawn() <= number - 5 + 1 + 3 + threads);
  }
  CHECK(sampler->drawn() == 40);
  CHECK(!sampler->concurrent());
}

TEST_CASE("an exception while loading comes at the batch that caused it", "[data]") {
  const auto threads = GENERATE(int64_t{1}, int64_t{3});
  BatchLoader loader(source(std::make_shared<WatchedSampler>(7)), 0, 100, threads);
  for (int64_t number = 0; number < 7; ++number) CHECK(loader.next().images.size(0) == 8);
  for (int again = 0; again < 2; ++again) CHECK_THROWS_WITH(loader.next(), "no batch 7");
}

TEST_CASE("a loader stops when it is no longer needed", "[data]") {
  const auto threads = GENERATE(int64_t{1}, int64_t{3});
  const auto sampler = std::make_shared<WatchedSampler>();
  {
    BatchLoader loader(source(sampler), 0, 190, threads);
    loader.next();
  }
  CHECK(sampler->drawn() <= 1 + 3 + threads);
  CHECK(sampler.use_count() == 1);
  BatchLoader(source(sampler), 0, 0, threads);  // nothing to load
}

TEST_CASE("several loading threads compute alone, others as before", "[data]") {
  const int before = at::get_num_threads();
  at::set_num_threads(2);
  const auto several = std::make_shared<WatchedSampler>();
  BatchLoader(source(several), 0, 8, 2).next();
  CHECK(several->threads() == 1);
  CHECK(at::get_num_threads() == 2);
  const auto one = std::make_shared<WatchedSampler>();
  BatchLoader(source(one), 0, 8).next();
  CHECK(one->threads() == 2);
  at::set_num_threads(before);
}
