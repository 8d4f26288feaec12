#include "host/conformance/probes.h"

#include <sla/episode.h>
#include <sla/error.h>

#include <future>
#include <string>
#include <vector>

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/randint.h>

#include "host/conformance/report.h"

namespace host::conformance {

namespace {

constexpr int64_t kProbeClasses = 16;
constexpr int64_t kImagesOfClass = 32;

/// Splits divide the images of each class or, for few-shot learning, all contain all
/// classes.
class ProbeDataset final : public sla::Dataset {
 public:
  ProbeDataset() {
    for (int64_t c = 0; c < kProbeClasses; ++c)
      class_names_.push_back("class " + std::to_string(c));
  }
  sla::ImageShape image_shape() const override { return {}; }
  const std::vector<std::string>& class_names() const override { return class_names_; }
  at::Tensor labels(sla::Split) const override {
    return at::arange(kProbeClasses * kImagesOfClass, at::kLong).remainder(kProbeClasses);
  }
  sla::Batch batch(const sla::Request& request) const override {
    const auto shape = image_shape();
    const auto pixels = at::arange(shape.channels * shape.height * shape.width, at::kLong);
    const auto first = (request.indices + 1000 * static_cast<int64_t>(request.split)).unsqueeze(1);
    const auto values = ((first * 7919 + pixels) * 104729).remainder(251).to(at::kByte);
    return {values.view({-1, shape.channels, shape.height, shape.width}),
            request.indices.remainder(kProbeClasses)};
  }

 private:
  std::vector<std::string> class_names_;
};

class ProbeModel final : public sla::Model {
 public:
  explicit ProbeModel(int64_t feature_size) : feature_size_(feature_size) {}
  at::Tensor features(const at::Tensor& images) override {
    return images.flatten(1).narrow(1, 0, feature_size_);
  }
  int64_t feature_size() const override { return feature_size_; }
  std::vector<int64_t> stage_channels() const override { return {kMapChannels}; }

 private:
  int64_t feature_size_;
};

/// Its logits, features and maps are the pixels.
class ProbeFrozenNetwork final : public sla::FrozenNetwork {
 public:
  explicit ProbeFrozenNetwork(int64_t classes) {
    for (int64_t c = 0; c < classes; ++c) class_names_.push_back("class " + std::to_string(c));
  }
  const std::vector<std::string>& class_names() const override { return class_names_; }
  const std::vector<sla::Prediction>& predictions() const override { return predictions_; }
  at::Tensor predict(std::string_view name, const sla::Batch& batch) override {
    if (name != "single") throw sla::Error("the only prediction is 'single'");
    return features(batch.images).narrow(1, 0, std::ssize(class_names_));
  }
  at::Tensor features(const at::Tensor& images) override {
    return images.flatten(1).narrow(1, 0, kFeatures).to(at::kFloat) / 255;
  }
  std::vector<int64_t> stage_channels() const override { return {kMapChannels}; }
  sla::StagedFeatures staged_features(const at::Tensor& images) override {
    const auto found = features(images);
    return {found, {found.narrow(1, 0, 4 * kMapChannels).unflatten(1, {kMapChannels, 2, 2})}};
  }

 private:
  static constexpr int64_t kFeatures = 64;

  std::vector<std::string> class_names_;
  std::vector<sla::Prediction> predictions_{{"single", sla::Views::identity}};
};

}  // namespace

at::Tensor random_images(int64_t count, const sla::ImageShape& shape, at::ScalarType dtype) {
  // Not LibTorch's generator: that one belongs to the component, which each check seeds.
  auto generator = at::make_generator<at::CPUGeneratorImpl>(/*seed=*/11);
  const std::vector<int64_t> sizes{count, shape.channels, shape.height, shape.width};
  if (dtype == at::kByte) return at::randint(256, sizes, generator, dtype);
  return at::rand(sizes, generator, at::kDouble).to(dtype);
}

sla::ImageShape usual_shape(const std::function<void(const sla::ImageShape&)>& use) {
  std::string refusal;
  for (const sla::ImageShape shape :
       {sla::ImageShape{3, 32, 32}, {1, 28, 28}, {3, 84, 84}, {3, 224, 224}}) {
    try {
      use(shape);
      return shape;
    } catch (const sla::Error& error) {
      if (refusal.empty()) refusal = error.what();
    }
  }
  throw Failure("it rejects images of 3x32x32, 1x28x28, 3x84x84 and 3x224x224; the first with: " +
                refusal);
}

std::shared_ptr<const sla::Dataset> probe_dataset() { return std::make_shared<ProbeDataset>(); }

std::shared_ptr<sla::Model> probe_model(int64_t feature_size) {
  return std::make_shared<ProbeModel>(feature_size);
}

std::shared_ptr<sla::FrozenNetwork> probe_frozen_network(int64_t classes) {
  return std::make_shared<ProbeFrozenNetwork>(classes);
}

sla::Batch probe_batch(int64_t classes) {
  const sla::EpisodeLayout layout{.episodes = 2, .way = classes / 2, .shot = 2, .query = 2};
  return {.images = random_images(layout.images(), {}, at::kByte),
          .labels = at::arange(classes, at::kLong).repeat_interleave(layout.shot + layout.query),
          .episodes = layout};
}

void with_thread_counts(const std::function<void()>& work) {
  const int before = at::get_num_threads();
  for (const int count : {1, 3}) {
    at::set_num_threads(count);
    try {
      work();
    } catch (...) {
      at::set_num_threads(before);
      throw;
    }
  }
  at::set_num_threads(before);
}

void from_two_threads(const std::function<void()>& work) {
  auto other = std::async(std::launch::async, work);
  std::exception_ptr failure;
  try {
    work();
  } catch (...) {
    failure = std::current_exception();
  }
  other.get();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace host::conformance
