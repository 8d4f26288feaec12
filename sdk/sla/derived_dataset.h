#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sla/dataset.h"

namespace sla {

/// A dataset made of another one, its source: everything is the source's unless overridden. What an
/// override changes about a split's images (which, how many, in which order) must hold for
/// labels(), batch() and sampler() of that split alike; a sampler's positions are positions in this
/// dataset.
///
///     [dataset]
///     plugin = "long_tail"
///     [dataset.source]
///     plugin = "cifar"
class DerivedDataset : public Dataset {
 public:
  /// Takes what it is made of.
  explicit DerivedDataset(std::shared_ptr<const Dataset> source) : source_(std::move(source)) {}

  ImageShape image_shape() const override { return source_->image_shape(); }

  const std::vector<std::string>& class_names() const override { return source_->class_names(); }

  at::Tensor labels(Split split) const override { return source_->labels(split); }

  Batch batch(Split split, const at::Tensor& indices) const override {
    return source_->batch(split, indices);
  }

  std::unique_ptr<Sampler> sampler(Split split, int64_t batch_size,
                                   RandomStream random) const override {
    return source_->sampler(split, batch_size, random);
  }

  std::map<std::string, std::vector<int64_t>> class_groups() const override {
    return source_->class_groups();
  }

  std::map<std::string, std::string> provenance() const override { return source_->provenance(); }

  std::map<std::string, std::string> documents() const override { return source_->documents(); }

 protected:
  /// The dataset that this one is made of.
  const Dataset& source() const { return *source_; }

 private:
  std::shared_ptr<const Dataset> source_;
};

}  // namespace sla
