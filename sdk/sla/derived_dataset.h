#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sla/dataset.h"
#include "sla/error.h"

namespace sla {

/// A dataset derived from another one, its source: forwards everything that is not overridden. If
/// an override changes which images a split has, how many, or their order, then labels(), batch()
/// and sampler() of that split must agree on it; a sampler's positions are positions in this
/// dataset.
///
///     [dataset]
///     plugin = "long_tail"
///     [dataset.source]
///     plugin = "cifar"
class DerivedDataset : public Dataset {
 public:
  /// Takes the source.
  explicit DerivedDataset(std::shared_ptr<const Dataset> source) : source_(std::move(source)) {}

  ImageShape image_shape() const override { return source_->image_shape(); }

  const std::vector<std::string>& class_names() const override { return source_->class_names(); }

  at::Tensor labels(Split split) const override { return source_->labels(split); }

  Batch batch(const Request& request) const override { return source_->batch(request); }

  std::unique_ptr<Sampler> sampler(Split split, int64_t batch_size,
                                   RandomStream random) const override {
    return source_->sampler(split, batch_size, random);
  }

  std::map<std::string, std::vector<int64_t>> class_groups() const override {
    return source_->class_groups();
  }

  std::map<std::string, std::string> provenance() const override { return source_->provenance(); }

  std::map<std::string, std::string> documents() const override { return source_->documents(); }

  std::optional<Exhibit> exhibit(const Batch& batch) const override {
    return source_->exhibit(batch);
  }

 protected:
  /// The source dataset.
  const Dataset& source() const { return *source_; }

  /// For a sampler() that takes no account of the source's: throws sla::Error if the source has one
  /// for training, which would have no effect.
  void require_no_training_sampler(int64_t batch_size) const {
    if (source_->sampler(Split::train, batch_size, RandomStream(0)) == nullptr) return;
    throw Error(
        "the source draws its own training batches, which would have no effect; let the source's "
        "outermost dataset wrap this one instead, or leave it out");
  }

 private:
  std::shared_ptr<const Dataset> source_;
};

}  // namespace sla
