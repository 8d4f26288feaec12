#include "host/plugin/source_dataset.h"

#include <utility>

namespace host::plugin {

namespace {

/// A dataset's own way of drawing, called as the dataset's.
class OwnSampler final : public sla::Sampler {
 public:
  OwnSampler(Component<sla::Dataset> component, std::unique_ptr<sla::Sampler> sampler)
      : component_(std::move(component)), sampler_(std::move(sampler)) {}

  sla::Draw draw(int64_t number) const override {
    return component_.call("draw", [&](const auto&) { return sampler_->draw(number); });
  }

  int64_t batches_per_pass() const override {
    return component_.call("batches_per_pass",
                           [&](const auto&) { return sampler_->batches_per_pass(); });
  }

 private:
  Component<sla::Dataset> component_;
  std::unique_ptr<sla::Sampler> sampler_;
};

class SourceDataset final : public sla::Dataset {
 public:
  explicit SourceDataset(Component<sla::Dataset> component) : component_(std::move(component)) {}

  sla::ImageShape image_shape() const override {
    return component_.call("image_shape", [](const auto& source) { return source.image_shape(); });
  }

  const std::vector<std::string>& class_names() const override {
    return component_.call(
        "class_names",
        [](const sla::Dataset& source) -> const auto& { return source.class_names(); });
  }

  at::Tensor labels(sla::Split split) const override {
    return component_.call("labels", [&](const auto& source) { return source.labels(split); });
  }

  sla::Batch batch(sla::Split split, const at::Tensor& indices) const override {
    return component_.call("batch",
                           [&](const auto& source) { return source.batch(split, indices); });
  }

  std::unique_ptr<sla::Sampler> sampler(sla::Split split, int64_t batch_size,
                                        sla::RandomStream random) const override {
    return own_sampler(component_, split, batch_size, random);
  }

  std::map<std::string, std::vector<int64_t>> class_groups() const override {
    return component_.call("class_groups",
                           [](const auto& source) { return source.class_groups(); });
  }

  std::map<std::string, std::string> provenance() const override {
    return component_.call("provenance", [](const auto& source) { return source.provenance(); });
  }

  std::map<std::string, std::string> documents() const override {
    return component_.call("documents", [](const auto& source) { return source.documents(); });
  }

 private:
  Component<sla::Dataset> component_;
};

}  // namespace

std::unique_ptr<sla::Sampler> own_sampler(const Component<sla::Dataset>& dataset, sla::Split split,
                                          int64_t batch_size, const sla::RandomStream& random) {
  auto own = dataset.call("sampler", [&](const sla::Dataset& object) {
    return object.sampler(split, batch_size, random);
  });
  if (!own) return nullptr;
  return std::make_unique<OwnSampler>(dataset, std::move(own));
}

std::shared_ptr<const sla::Dataset> as_source(Component<sla::Dataset> component) {
  return std::make_shared<SourceDataset>(std::move(component));
}

}  // namespace host::plugin
