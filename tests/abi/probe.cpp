// Derives from every base class of plugins and uses every type shared by host and plugin, so that
// the description of this library's binary interface covers that of the SDK.
#include <sla/augmentation.h>
#include <sla/derived_dataset.h>
#include <sla/draft/frozen_network.h>
#include <sla/host.h>
#include <sla/model.h>
#include <sla/objective.h>
#include <sla/plugin.h>
#include <sla/transformation.h>

// Exported, so that abidw describes their types.
#define SLA_PROBE __attribute__((visibility("default")))

namespace probe {

class SLA_PROBE Augmentation : public sla::Augmentation {
 public:
  Augmentation(const sla::Parameters&, sla::Host&) {}
  void apply(sla::Batch&, const sla::BatchRandom&) const override;
};

class SLA_PROBE ImageAugmentation : public sla::ImageAugmentation {
 public:
  ImageAugmentation(const sla::Parameters&, sla::Host&) {}
  at::Tensor augment(const at::Tensor& image, sla::RandomStream) const override;
};

class SLA_PROBE Sampler : public sla::Sampler {
 public:
  sla::Draw draw(int64_t) const override;
  int64_t batches_per_pass() const override;
};

class SLA_PROBE Dataset : public sla::DerivedDataset {
 public:
  Dataset(const sla::Parameters&, std::shared_ptr<const sla::Dataset> source, sla::Host&)
      : DerivedDataset(std::move(source)) {}
  sla::Batch batch(const sla::Request&) const override;
};

class SLA_PROBE Transformation : public sla::Transformation {
 public:
  Transformation(const sla::Parameters&, sla::Host&) {}
  int64_t count() const override;
  at::Tensor view(const at::Tensor&, int64_t) const override;
};

class SLA_PROBE Head : public sla::Head {
 public:
  at::Tensor forward(const at::Tensor&) override;
};

class SLA_PROBE Model : public sla::Model {
 public:
  Model(const sla::Parameters&, const sla::ImageShape&, sla::Host&) {}
  at::Tensor features(const at::Tensor&) override;
  int64_t feature_size() const override;
};

class SLA_PROBE Objective : public sla::Objective {
 public:
  Objective(const sla::Parameters&, const sla::Task&, sla::Model&, sla::Host&) {}
  sla::Loss loss(const sla::Embedding&, const sla::Phase&) override;
  std::vector<sla::Prediction> predictions() const override;
  at::Tensor predict(std::string_view, const sla::Embedding&) override;
};

void Augmentation::apply(sla::Batch&, const sla::BatchRandom&) const {}
at::Tensor ImageAugmentation::augment(const at::Tensor& image, sla::RandomStream) const {
  return image;
}
sla::Draw Sampler::draw(int64_t) const { return {}; }
int64_t Sampler::batches_per_pass() const { return 1; }
sla::Batch Dataset::batch(const sla::Request& request) const { return source().batch(request); }
int64_t Transformation::count() const { return 1; }
at::Tensor Transformation::view(const at::Tensor& images, int64_t) const { return images; }
at::Tensor Head::forward(const at::Tensor& features) { return features; }
at::Tensor Model::features(const at::Tensor& images) { return images; }
int64_t Model::feature_size() const { return 1; }
sla::Loss Objective::loss(const sla::Embedding& embedding, const sla::Phase&) {
  return embedding.features;
}
std::vector<sla::Prediction> Objective::predictions() const { return {{"single"}}; }
at::Tensor Objective::predict(std::string_view, const sla::Embedding& embedding) {
  return embedding.features;
}

/// Classes that plugins receive and call.
SLA_PROBE void host(sla::Host&, sla::FrozenNetwork&, sla::detail::Component&) {}

}  // namespace probe

SLA_PLUGIN("1.0.0", sla::component<probe::Augmentation>("augmentation", ""),
           sla::component<probe::ImageAugmentation>("image_augmentation", ""),
           sla::component<probe::Dataset>("dataset", ""),
           sla::component<probe::Transformation>("transformation", ""),
           sla::component<probe::Model>("model", ""),
           sla::component<probe::Objective>("objective", ""))
