#include "host/plugin/dataset.h"

#include <spdlog/fmt/fmt.h>

#include <utility>

#include <ATen/ops/equal.h>

#include "host/plugin/data_contracts.h"
#include "host/plugin/refusal.h"

namespace host::plugin {

namespace {

/// A dataset's own sampler, called and checked under the dataset's origin.
class OwnSampler final : public sla::Sampler {
 public:
  OwnSampler(std::shared_ptr<const sla::Dataset> dataset, std::unique_ptr<sla::Sampler> sampler,
             int64_t size, Origin origin)
      : dataset_(std::move(dataset)),
        sampler_(std::move(sampler)),
        size_(size),
        origin_(std::move(origin)),
        batches_per_pass_(plugin::call(origin_, "batches_per_pass",
                                       [&] { return sampler_->batches_per_pass(); })) {
    if (batches_per_pass_ < 1) {
      refuse(origin_, "batches_per_pass", std::to_string(batches_per_pass_), "at least 1");
    }
  }

  sla::Draw draw(int64_t number) const override {
    auto draw = plugin::call(origin_, "draw", [&] { return sampler_->draw(number); });
    check_draw(draw, size_, origin_);
    return draw;
  }

  int64_t batches_per_pass() const override { return batches_per_pass_; }

 private:
  std::shared_ptr<const sla::Dataset> dataset_;  // first: the sampler may use it
  std::unique_ptr<sla::Sampler> sampler_;
  int64_t size_;
  Origin origin_;
  int64_t batches_per_pass_;
};

class SourceDataset final : public sla::Dataset {
 public:
  explicit SourceDataset(std::shared_ptr<const plugin::Dataset> dataset)
      : dataset_(std::move(dataset)) {}

  sla::ImageShape image_shape() const override { return dataset_->image_shape(); }
  const std::vector<std::string>& class_names() const override { return dataset_->class_names(); }
  at::Tensor labels(sla::Split split) const override { return dataset_->labels(split); }
  sla::Batch batch(const sla::Request& request) const override {
    check_request(request, dataset_->size(request.split));
    return dataset_->batch(request);
  }
  std::unique_ptr<sla::Sampler> sampler(sla::Split split, int64_t batch_size,
                                        sla::RandomStream random) const override {
    return dataset_->sampler(split, batch_size, random);
  }
  std::map<std::string, std::vector<int64_t>> class_groups() const override {
    return dataset_->class_groups();
  }
  std::map<std::string, std::string> provenance() const override { return dataset_->provenance(); }
  std::map<std::string, std::string> documents() const override { return dataset_->documents(); }
  std::optional<sla::Exhibit> exhibit(const sla::Batch& batch) const override {
    return dataset_->exhibit(batch);
  }

 private:
  std::shared_ptr<const plugin::Dataset> dataset_;
};

}  // namespace

Dataset::Dataset(Made<sla::Dataset> made, std::shared_ptr<const Dataset> source)
    : Handle(std::move(made)),
      source_(std::move(source)),
      shape_(call("image_shape", [](const auto& object) { return object.image_shape(); })),
      class_names_(call("class_names", [](const auto& object) { return object.class_names(); })) {
  if (std::min({shape_.channels, shape_.height, shape_.width}) < 1) {
    refuse(origin(), "image_shape",
           fmt::format("{} x {} x {}", shape_.channels, shape_.height, shape_.width),
           "at least one channel and one pixel");
  }
  check_class_names(class_names_, origin());
  for (const auto split : {sla::Split::train, sla::Split::validation, sla::Split::test}) {
    auto& labels = labels_.at(static_cast<size_t>(split));
    labels = call("labels", [&](const auto& object) { return object.labels(split); });
    check_labels(labels, split, classes(), origin());
  }
}

sla::Batch Dataset::batch(const sla::Request& request) const {
  auto batch = call("batch", [&](const auto& object) { return object.batch(request); });
  check_batch(batch, request.indices.numel(), shape_, "batch", origin());
  if (batch.mixed) {
    refuse(origin(), "batch", "mixed labels",
           "none: an augmentation with mixes_labels() adds them");
  }
  if (!at::equal(batch.labels, labels(request.split).index_select(0, request.indices))) {
    refuse(origin(), "batch", "other labels than labels() for the same images", "the same");
  }
  return batch;
}

std::unique_ptr<sla::Sampler> Dataset::sampler(sla::Split split, int64_t batch_size,
                                               const sla::RandomStream& random) const {
  auto own = call("sampler",
                  [&](const auto& object) { return object.sampler(split, batch_size, random); });
  if (!own) return nullptr;
  return std::make_unique<OwnSampler>(object(), std::move(own), size(split), origin());
}

std::map<std::string, std::vector<int64_t>> Dataset::class_groups() const {
  auto groups = call("class_groups", [](const auto& object) { return object.class_groups(); });
  check_class_groups(groups, classes(), origin());
  return groups;
}

std::map<std::string, std::string> Dataset::provenance() const {
  auto facts = call("provenance", [](const auto& object) { return object.provenance(); });
  check_texts(facts, "provenance", origin());
  return facts;
}

std::map<std::string, std::string> Dataset::documents() const {
  auto texts = call("documents", [](const auto& object) { return object.documents(); });
  check_texts(texts, "documents", origin());
  return texts;
}

std::optional<sla::Exhibit> Dataset::exhibit(const sla::Batch& batch) const {
  auto exhibit = call("exhibit", [&](const auto& object) { return object.exhibit(batch); });
  if (exhibit) check_exhibit(*exhibit, batch.labels.size(0), origin());
  return exhibit;
}

std::shared_ptr<const sla::Dataset> as_source(std::shared_ptr<const Dataset> dataset) {
  return std::make_shared<SourceDataset>(std::move(dataset));
}

}  // namespace host::plugin
