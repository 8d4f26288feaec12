#pragma once

#include <sla/random.h>
#include <sla/sampler.h>

#include <cstdint>
#include <vector>

namespace host::data {

/// Draws each batch without replacement, independently of all others.
class IndependentSampler final : public sla::Sampler {
 public:
  IndependentSampler(int64_t size, int64_t batch_size, sla::RandomStream random);

  sla::Draw draw(int64_t number) const override;
  int64_t batches_per_pass() const override;

 private:
  int64_t size_;
  int64_t batch_size_;
  sla::RandomStream random_;
};

/// Goes through all images once per epoch, reshuffled each epoch; the last batch of an epoch may
/// be smaller.
class EpochSampler final : public sla::Sampler {
 public:
  EpochSampler(int64_t size, int64_t batch_size, sla::RandomStream random);

  sla::Draw draw(int64_t number) const override;
  int64_t batches_per_pass() const override;

 private:
  int64_t size_;
  int64_t batch_size_;
  sla::RandomStream random_;
  // The order of the last requested epoch; recomputed for each epoch, independent of earlier ones.
  mutable int64_t epoch_ = -1;
  mutable std::vector<int64_t> order_;
};

/// Goes through the images of a random sample, in dataset order, for evaluation.
class SampleSampler final : public sla::Sampler {
 public:
  /// The sample is `count` of `size` images.
  SampleSampler(int64_t size, int64_t count, int64_t batch_size, sla::RandomStream random);

  sla::Draw draw(int64_t number) const override;
  int64_t batches_per_pass() const override;

 private:
  at::Tensor indices_;
  int64_t batch_size_;
};

/// Goes through all images in dataset order, for evaluation.
class SequentialSampler final : public sla::Sampler {
 public:
  SequentialSampler(int64_t size, int64_t batch_size);

  sla::Draw draw(int64_t number) const override;
  int64_t batches_per_pass() const override;

 private:
  int64_t size_;
  int64_t batch_size_;
};

}  // namespace host::data
