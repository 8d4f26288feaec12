#pragma once

#include <sla/dataset.h>

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "host/plugin/handle.h"

namespace host::plugin {

/// An experiment's dataset. Queries everything constant once, at construction. Every function
/// throws PluginError.
class Dataset final : public Handle<sla::Dataset> {
 public:
  /// `source` is the source of a derived dataset.
  explicit Dataset(Made<sla::Dataset> made, std::shared_ptr<const Dataset> source = nullptr);

  const sla::ImageShape& image_shape() const { return shape_; }
  const std::vector<std::string>& class_names() const { return class_names_; }
  int64_t classes() const { return std::ssize(class_names_); }

  /// [size] int64 on the CPU.
  const at::Tensor& labels(sla::Split split) const {
    return labels_.at(static_cast<size_t>(split));
  }
  int64_t size(sla::Split split) const { return labels(split).numel(); }

  sla::Batch batch(const sla::Request& request) const;

  /// The dataset's own sampler, or null. It keeps the dataset alive; its draws are
  /// checked.
  std::unique_ptr<sla::Sampler> sampler(sla::Split split, int64_t batch_size,
                                        const sla::RandomStream& random) const;

  std::map<std::string, std::vector<int64_t>> class_groups() const;
  std::map<std::string, std::string> provenance() const;
  std::map<std::string, std::string> documents() const;
  std::optional<sla::Exhibit> exhibit(const sla::Batch& batch) const;

  /// The source of a derived dataset; else null.
  const std::shared_ptr<const Dataset>& source() const { return source_; }

 private:
  std::shared_ptr<const Dataset> source_;
  sla::ImageShape shape_;
  std::vector<std::string> class_names_;
  std::array<at::Tensor, 3> labels_;  // in the order of sla::Split
};

/// A dataset as passed to a derived dataset: calls go through its handle.
std::shared_ptr<const sla::Dataset> as_source(std::shared_ptr<const Dataset> dataset);

}  // namespace host::plugin
