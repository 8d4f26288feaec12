#include "host/data/samplers.h"

#include <algorithm>
#include <numeric>
#include <unordered_set>
#include <utility>

#include <ATen/ops/arange.h>
#include <ATen/ops/tensor.h>

namespace host::data {

namespace {

int64_t divide_up(int64_t a, int64_t b) { return (a + b - 1) / b; }

}  // namespace

IndependentSampler::IndependentSampler(int64_t size, int64_t batch_size, sla::RandomStream random)
    : size_(size), batch_size_(std::min(batch_size, size)), random_(random) {}

sla::Draw IndependentSampler::draw(int64_t number) const {
  // Floyd's algorithm: a uniform random subset in time proportional to its own size.
  auto random = random_.child(number);
  std::unordered_set<int64_t> chosen;
  std::vector<int64_t> indices;
  for (int64_t last = size_ - batch_size_; last < size_; ++last) {
    const int64_t candidate = random.below(last + 1);
    const int64_t index = chosen.contains(candidate) ? last : candidate;
    chosen.insert(index);
    indices.push_back(index);
  }
  // In any order: a batch's parts are consecutive.
  for (int64_t i = batch_size_ - 1; i > 0; --i) std::swap(indices[i], indices[random.below(i + 1)]);
  return {at::tensor(indices, at::kLong)};
}

int64_t IndependentSampler::batches_per_pass() const { return divide_up(size_, batch_size_); }

EpochSampler::EpochSampler(int64_t size, int64_t batch_size, sla::RandomStream random)
    : size_(size), batch_size_(batch_size), random_(random) {}

sla::Draw EpochSampler::draw(int64_t number) const {
  const int64_t epoch = number / batches_per_pass();
  if (epoch != epoch_) {
    order_.resize(size_);
    std::iota(order_.begin(), order_.end(), 0);
    auto random = random_.child(epoch);
    for (int64_t i = size_ - 1; i > 0; --i) std::swap(order_[i], order_[random.below(i + 1)]);
    epoch_ = epoch;
  }
  const int64_t begin = number % batches_per_pass() * batch_size_;
  const int64_t end = std::min(size_, begin + batch_size_);
  return {
      at::tensor(std::vector<int64_t>(order_.begin() + begin, order_.begin() + end), at::kLong)};
}

int64_t EpochSampler::batches_per_pass() const { return divide_up(size_, batch_size_); }

SampleSampler::SampleSampler(int64_t size, int64_t count, int64_t batch_size,
                             sla::RandomStream random)
    : indices_(std::get<0>(IndependentSampler(size, count, random).draw(0).indices.sort())),
      batch_size_(batch_size) {}

sla::Draw SampleSampler::draw(int64_t number) const {
  const int64_t begin = number * batch_size_;
  return {indices_.slice(/*dim=*/0, begin, begin + batch_size_)};
}

int64_t SampleSampler::batches_per_pass() const { return divide_up(indices_.numel(), batch_size_); }

SequentialSampler::SequentialSampler(int64_t size, int64_t batch_size)
    : size_(size), batch_size_(batch_size) {}

sla::Draw SequentialSampler::draw(int64_t number) const {
  const int64_t begin = number * batch_size_;
  return {at::arange(begin, std::min(size_, begin + batch_size_), at::kLong)};
}

int64_t SequentialSampler::batches_per_pass() const { return divide_up(size_, batch_size_); }

}  // namespace host::data
