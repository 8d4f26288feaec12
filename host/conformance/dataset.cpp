#include <sla/dataset.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/tensor.h>

#include "host/conformance/probes.h"
#include "host/conformance/subject.h"
#include "host/training/evaluation.h"

namespace host::conformance {

namespace {

constexpr std::array<sla::Split, 3> kSplits{sla::Split::train, sla::Split::validation,
                                            sla::Split::test};

std::vector<sla::Split> filled_splits(const sla::Dataset& dataset) {
  std::vector<sla::Split> filled;
  for (const auto split : kSplits) {
    if (dataset.labels(split).numel() > 0) filled.push_back(split);
  }
  return filled;
}

/// A few positions of a split: its ends, out of order, one of them twice.
at::Tensor some_indices(const sla::Dataset& dataset, sla::Split split) {
  const int64_t size = dataset.labels(split).numel();
  return at::tensor({size - 1, int64_t{0}, size / 2, size - 1, size / 3}, at::kLong);
}

void check_labels(const sla::Dataset& dataset) {
  const auto classes = std::ssize(dataset.class_names());
  for (const auto split : kSplits) {
    const auto labels = dataset.labels(split);
    const std::string it = "labels of split " + training::split_name(split);
    expect(labels.defined() && labels.dim() == 1 && labels.scalar_type() == at::kLong &&
               labels.is_cpu() && labels.is_contiguous(),
           it + ": expected [size] Long, contiguous, on the CPU, found " + describe(labels));
    expect(split != sla::Split::train || labels.numel() > 0, "there are no training images");
    if (labels.numel() == 0) continue;
    expect(labels.min().item<int64_t>() >= 0 && labels.max().item<int64_t>() < classes,
           it + " go from " + std::to_string(labels.min().item<int64_t>()) + " to " +
               std::to_string(labels.max().item<int64_t>()) + ", expected 0 to " +
               std::to_string(classes - 1));
    expect_same(dataset.labels(split), labels, it + ", asked for again");
  }
}

void check_batch(const sla::Dataset& dataset, sla::Split split, const at::Tensor& indices) {
  const auto batch = dataset.batch(split, indices);
  const auto shape = dataset.image_shape();
  const std::vector<int64_t> sizes{indices.numel(), shape.channels, shape.height, shape.width};
  const std::string it = "images of a batch of " + std::to_string(indices.numel());
  expect(batch.images.defined() && batch.images.sizes() == sizes,
         it + ": found " + describe(batch.images) + "; image_shape() says otherwise");
  expect(batch.images.is_cpu() && batch.images.is_contiguous(),
         it + " are not contiguous, or not on the CPU");
  if (batch.images.scalar_type() != at::kByte) {
    expect(batch.images.is_floating_point(),
           it + " are " + describe(batch.images) + ", expected Byte or floating point");
    expect(batch.images.numel() == 0 ||
               (batch.images.min().item<double>() >= 0 && batch.images.max().item<double>() <= 1),
           it + " are not in 0..1");
  }
  expect_same(batch.labels, dataset.labels(split).index_select(0, indices),
              "labels of a batch against labels() at its indices");
  for (const auto& [name, annotation] : batch.annotations) {
    expect(annotation.dim() > 0 && annotation.size(0) == indices.numel(),
           "annotation '" + name + "' is " + describe(annotation) +
               ", its first dimension is not " + std::to_string(indices.numel()));
  }
}

void check_batches(const sla::Dataset& dataset, Report& report) {
  report.check("batches are images and labels at the indices, contiguous, bytes or 0..1",
               "everything behind the dataset takes shape, order and range for granted", [&] {
                 for (const auto split : filled_splits(dataset)) {
                   check_batch(dataset, split, some_indices(dataset, split));
                 }
               });
  report.check("no image, one, and odd numbers of them work",
               "the last batch of an epoch or an evaluation has what is left over", [&] {
                 for (const auto split : filled_splits(dataset)) {
                   check_batch(dataset, split, at::empty({0}, at::kLong));
                   for (const int64_t count : {1, 3}) {
                     check_batch(dataset, split, some_indices(dataset, split).narrow(0, 0, count));
                   }
                 }
               });
  report.check("an image is the same in any batch and at any place",
               "the same image must mean the same picture in every epoch, and a resumed run must "
               "see what the uninterrupted one saw",
               [&] {
                 for (const auto split : filled_splits(dataset)) {
                   const auto indices = some_indices(dataset, split);
                   const auto batch = dataset.batch(split, indices);
                   for (int64_t i = 0; i < indices.numel(); ++i) {
                     expect_same(dataset.batch(split, indices.narrow(0, i, 1)).images[0],
                                 batch.images[i],
                                 "image " + std::to_string(indices[i].item<int64_t>()) + " of " +
                                     training::split_name(split) + " alone and in a batch");
                   }
                 }
               });
  report.check("a batch is the caller's own memory",
               "augmentation writes into it; the dataset must not change by that", [&] {
                 for (const auto split : filled_splits(dataset)) {
                   const auto indices = some_indices(dataset, split);
                   auto batch = dataset.batch(split, indices);
                   const auto before = batch.images.clone();
                   batch.images.zero_();
                   batch.labels.zero_();
                   expect_same(dataset.batch(split, indices).images, before,
                               "images after the caller wrote over an earlier batch");
                   check_labels(dataset);
                   check_batch(dataset, split, indices);
                 }
               });
}

void check_sampler(const sla::Dataset& dataset, sla::Split split) {
  const sla::RandomStream random(3);
  const auto sampler = dataset.sampler(split, 8, random);
  if (!sampler) return;
  const std::string it = "the sampler of split " + training::split_name(split);
  expect(sampler->batches_per_pass() >= 1,
         it + " makes " + std::to_string(sampler->batches_per_pass()) + " batches a pass");
  const int64_t size = dataset.labels(split).numel();
  const auto later = sampler->draw(3);
  for (int64_t number = 0; number < 4; ++number) {
    const auto draw = sampler->draw(number);
    expect(draw.indices.defined() && draw.indices.dim() == 1 &&
               draw.indices.scalar_type() == at::kLong && draw.indices.numel() > 0,
           it + " draws " + describe(draw.indices) + ", expected [B] Long");
    expect(draw.indices.min().item<int64_t>() >= 0 && draw.indices.max().item<int64_t>() < size,
           it + " draws positions outside of the split's " + std::to_string(size));
    for (const auto& [name, annotation] : draw.annotations) {
      expect(annotation.dim() > 0 && annotation.size(0) == draw.indices.numel(),
             "annotation '" + name + "' of a draw has not one row an image");
    }
    const auto again = dataset.sampler(split, 8, random)->draw(number);
    expect_same(again.indices, draw.indices,
                it + ": batch " + std::to_string(number) + " drawn by a second one");
    expect(again.numbers == draw.numbers, it + ": other numbers in a second draw");
    if (number == 3) expect_same(draw.indices, later.indices, it + ": batch 3 drawn early");
    check_batch(dataset, split, draw.indices);
  }
}

void check_descriptions(const sla::Dataset& dataset) {
  const auto classes = std::ssize(dataset.class_names());
  for (const auto& [group, members] : dataset.class_groups()) {
    expect(!group.empty(), "a group of classes has no name");
    for (const int64_t member : members) {
      expect(member >= 0 && member < classes, "group '" + group + "' has class " +
                                                  std::to_string(member) + ", expected 0 to " +
                                                  std::to_string(classes - 1));
    }
  }
  expect(dataset.provenance() == dataset.provenance(), "provenance() differs when asked again");
  for (const auto& [name, text] : dataset.documents()) {
    expect(!name.empty() && name.find('/') == std::string::npos,
           "document '" + name + "' is no file name");
  }
}

}  // namespace

void check_dataset(Subject& subject, Report& report) {
  const auto make = [&](const sla::Parameters& parameters) -> std::shared_ptr<sla::Dataset> {
    if (!plugin::is_derived(subject.description())) return subject.make<sla::Dataset>(parameters);
    return subject.make<sla::Dataset, std::shared_ptr<const sla::Dataset>>(parameters,
                                                                           probe_dataset());
  };
  check_parameters(subject, report, make);
  std::shared_ptr<sla::Dataset> made;
  report.check(
      "is made, and has classes and images of a shape", "nothing else can be checked without", [&] {
        made = make(subject.parameters());
        const auto names = made->class_names();
        expect(!names.empty(), "there are no classes");
        expect(std::set(names.begin(), names.end()).size() == names.size(),
               "two classes have the same name");
        const auto shape = made->image_shape();
        expect(shape.channels > 0 && shape.height > 0 && shape.width > 0, "an image has no pixels");
      });
  if (!made) return;
  const sla::Dataset& dataset = *made;
  report.check("labels are class numbers, int64 on the CPU",
               "the host counts them and the objective indexes logits with them",
               [&] { check_labels(dataset); });
  check_batches(dataset, report);
  report.check("its samplers draw batch n the same whatever was drawn before, inside the split",
               "a resumed run begins at batch n and must see what the uninterrupted run saw", [&] {
                 for (const auto split : filled_splits(dataset)) check_sampler(dataset, split);
               });
  report.check("groups, provenance and documents are in order",
               "the host scores groups by class number and writes documents into the run",
               [&] { check_descriptions(dataset); });
  report.check("the same images with any number of threads, from several, and made again",
               "batches are read in a thread of their own, beside evaluation in the main one; one "
               "seed fixes a run",
               [&] {
                 const auto split = sla::Split::train;
                 const auto indices = some_indices(dataset, split);
                 const auto expected = dataset.batch(split, indices).images;
                 const auto again = [&] {
                   expect_same(dataset.batch(split, indices).images, expected, "the same batch");
                 };
                 with_thread_counts(again);
                 from_two_threads(again);
                 expect_same(make(subject.parameters())->batch(split, indices).images, expected,
                             "the same batch of a second object");
               });
}

}  // namespace host::conformance
