#include <sla/augmentation.h>
#include <sla/error.h>

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <ATen/ops/arange.h>
#include <ATen/ops/tensor.h>

#include "host/conformance/probes.h"
#include "host/conformance/subject.h"
#include "host/experiment/check.h"
#include "host/plugin/augmentation.h"

namespace host::conformance {

namespace {

constexpr int64_t kLabels = 5;
constexpr std::array<at::ScalarType, 3> kTypes{at::kByte, at::kFloat, at::kDouble};

class AugmentationChecks {
 public:
  AugmentationChecks(Subject& subject, Report& report) : subject_(subject), report_(report) {}

  /// Finds an image shape for the other checks; false if it accepts none.
  bool takes_usual_images();
  void batches();
  void places();
  void reproducibility();

 private:
  /// A new object behind the host's own wrapper, which checks its results.
  plugin::Augmentation make(const sla::ImageShape& shape) {
    return plugin::Augmentation({.library = nullptr,
                                 .services = nullptr,
                                 .origin = subject_.origin(),
                                 .object = subject_.make<sla::Augmentation>(subject_.parameters())},
                                shape, kLabels);
  }

  static sla::Batch batch(int64_t count, const sla::ImageShape& shape, at::ScalarType dtype) {
    return {random_images(count, shape, dtype), at::arange(count, at::kLong).remainder(kLabels)};
  }

  static sla::BatchRandom random(int64_t count) {
    return sla::BatchRandom::whole(sla::RandomStream(5), count);
  }

  sla::Batch augmented(int64_t count, at::ScalarType dtype) {
    auto images = batch(count, shape_, dtype);
    augmentation_->apply(images, random(count));
    return images;
  }

  Subject& subject_;
  Report& report_;
  sla::ImageShape shape_;
  std::optional<plugin::Augmentation> augmentation_;
};

bool AugmentationChecks::takes_usual_images() {
  report_.check("is made, and augments usual images", "no other check can run without it", [&] {
    const auto object = subject_.make<sla::Augmentation>(subject_.parameters());
    shape_ = usual_shape([&](const sla::ImageShape& usual) {
      auto images = batch(4, usual, at::kByte);
      object->apply(images, random(4));
    });
    augmentation_.emplace(make(shape_));
  });
  return augmentation_.has_value();
}

void AugmentationChecks::batches() {
  report_.check("images keep number, shape and dtype, and labels stay, for every dtype",
                "everything after the augmentation relies on it", [&] {
                  for (const auto type : kTypes) augmented(6, type);
                });
  report_.check("batches of no image, one, and odd numbers work",
                "the last batch of an epoch may be smaller", [&] {
                  for (const int64_t count : {0, 1, 7}) augmented(count, at::kByte);
                });
}

void AugmentationChecks::places() {
  if (augmentation_->mixes_labels()) return;
  report_.check(
      "an image's result depends only on its pixels and its position in the global batch",
      "a batch divided among processes must be augmented like the whole batch", [&] {
        const auto whole = augmented(6, at::kByte);
        for (const std::vector<int64_t>& rows : {std::vector<int64_t>{4}, {1, 5}, {3, 2, 0}}) {
          const auto before = batch(6, shape_, at::kByte);
          const auto positions = at::tensor(rows, at::kLong);
          sla::Batch part{before.images.index_select(0, positions),
                          before.labels.index_select(0, positions)};
          augmentation_->apply(part, random(6).rows(rows));
          expect_same(part.images, whole.images.index_select(0, positions),
                      "images of a part of the batch");
          for (const auto& [name, annotation] : whole.annotations) {
            expect(part.annotations.contains(name),
                   "annotation '" + name + "' of a part is missing");
            expect_same(part.annotations.at(name), annotation.index_select(0, positions),
                        "annotation '" + name + "' of a part of the batch");
          }
        }
      });
}

void AugmentationChecks::reproducibility() {
  report_.check("the same random numbers give the same images, with any number of threads",
                "a seed must reproduce a run; draw random numbers from BatchRandom only", [&] {
                  const auto expected = augmented(6, at::kByte).images;
                  const auto again = [&] {
                    expect_same(augmented(6, at::kByte).images, expected, "the same batch");
                  };
                  with_thread_counts(again);
                  from_two_threads(again);
                  augmentation_.emplace(make(shape_));
                  again();
                });
}

}  // namespace

void Subject::annotate(sla::Batch& batch) {
  for (const auto& companion : companions_) {
    const auto* make = std::get_if<sla::detail::MakeAugmentation>(&companion.make);
    if (make == nullptr) continue;
    const auto parameters =
        experiment::check({}, {companion.name}, companion.name, companion.parameters);
    const auto augmentation = (*make)(parameters, services_);
    if (augmentation->mixes_labels()) continue;
    augmentation->apply(batch, sla::BatchRandom::whole(sla::RandomStream(5), batch.labels.numel()));
  }
}

void check_augmentation(Subject& subject, Report& report) {
  check_parameters(subject, report, [&](const sla::Parameters& parameters) {
    subject.make<sla::Augmentation>(parameters);
  });
  AugmentationChecks checks(subject, report);
  if (!checks.takes_usual_images()) return;
  checks.batches();
  checks.places();
  checks.reproducibility();
}

}  // namespace host::conformance
