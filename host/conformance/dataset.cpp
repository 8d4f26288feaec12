#include <sla/dataset.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/tensor.h>

#include "host/conformance/probes.h"
#include "host/conformance/subject.h"
#include "host/evaluation/evaluation.h"
#include "host/plugin/data_contracts.h"

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

/// A few positions of a split: both ends, out of order, one of them twice.
at::Tensor some_indices(const sla::Dataset& dataset, sla::Split split) {
  const int64_t size = dataset.labels(split).numel();
  return at::tensor({size - 1, int64_t{0}, size / 2, size - 1, size / 3}, at::kLong);
}

/// Calls to the dataset under test, checked against the contract as in a run.
struct Checked {
  const sla::Dataset& dataset;
  plugin::Origin origin;

  sla::Batch batch(sla::Split split, const at::Tensor& indices) const {
    auto batch = dataset.batch(sla::Request::plain(split, indices));
    plugin::check_batch(batch, indices.numel(), dataset.image_shape(), "batch", origin);
    return batch;
  }
};

void check_labels(const Checked& it) {
  for (const auto split : kSplits) {
    const auto labels = it.dataset.labels(split);
    plugin::check_labels(labels, split, std::ssize(it.dataset.class_names()), it.origin);
    expect_same(it.dataset.labels(split), labels,
                "labels of split " + evaluation::split_name(split) + ", second call");
  }
}

void check_batch(const Checked& it, sla::Split split, const at::Tensor& indices) {
  const auto batch = it.batch(split, indices);
  if (batch.images.scalar_type() != at::kByte && batch.images.numel() > 0) {
    expect(batch.images.min().item<double>() >= 0 && batch.images.max().item<double>() <= 1,
           "images of a batch of " + std::to_string(indices.numel()) + " are not in 0..1");
  }
  expect_same(batch.labels, it.dataset.labels(split).index_select(0, indices),
              "labels of a batch against labels() at its indices");
}

void check_batches(const Checked& it, Report& report) {
  report.check("batches hold images and labels at the indices, contiguous, bytes or 0..1",
               "everything after the dataset relies on shape, order and range", [&] {
                 for (const auto split : filled_splits(it.dataset)) {
                   check_batch(it, split, some_indices(it.dataset, split));
                 }
               });
  report.check("batches of no image, one, and odd numbers work",
               "the last batch of an epoch or evaluation may be smaller", [&] {
                 for (const auto split : filled_splits(it.dataset)) {
                   check_batch(it, split, at::empty({0}, at::kLong));
                   for (const int64_t count : {1, 3}) {
                     check_batch(it, split, some_indices(it.dataset, split).narrow(0, 0, count));
                   }
                 }
               });
  report.check("an image is the same in any batch at any position",
               "an index must give the same image in every epoch, and a resumed run must "
               "see the same images as an uninterrupted one",
               [&] {
                 for (const auto split : filled_splits(it.dataset)) {
                   const auto indices = some_indices(it.dataset, split);
                   const auto batch = it.batch(split, indices);
                   for (int64_t i = 0; i < indices.numel(); ++i) {
                     expect_same(it.batch(split, indices.narrow(0, i, 1)).images[0],
                                 batch.images[i],
                                 "image " + std::to_string(indices[i].item<int64_t>()) + " of " +
                                     evaluation::split_name(split) + " alone and in a batch");
                   }
                 }
               });
  report.check("batches do not share memory with the dataset",
               "augmentation overwrites batches; that must not change the dataset", [&] {
                 for (const auto split : filled_splits(it.dataset)) {
                   const auto indices = some_indices(it.dataset, split);
                   auto batch = it.batch(split, indices);
                   const auto before = batch.images.clone();
                   batch.images.zero_();
                   batch.labels.zero_();
                   expect_same(it.batch(split, indices).images, before,
                               "images after the caller wrote over an earlier batch");
                   check_labels(it);
                   check_batch(it, split, indices);
                 }
               });
}

void check_sampler(const Checked& it, sla::Split split) {
  const sla::RandomStream random(3);
  const auto sampler = it.dataset.sampler(split, 8, random);
  if (!sampler) return;
  const std::string name = "the sampler of split " + evaluation::split_name(split);
  expect(sampler->batches_per_pass() >= 1,
         name + " makes " + std::to_string(sampler->batches_per_pass()) + " batches per pass");
  const int64_t size = it.dataset.labels(split).numel();
  const auto later = sampler->draw(3);
  for (int64_t number = 0; number < 4; ++number) {
    const auto draw = sampler->draw(number);
    plugin::check_draw(draw, size, it.origin);
    expect(draw.indices.numel() > 0, name + " draws no image");
    const auto again = it.dataset.sampler(split, 8, random)->draw(number);
    expect_same(again.indices, draw.indices,
                name + ": batch " + std::to_string(number) + " from a second sampler");
    expect(again.episodes.has_value() == draw.episodes.has_value(),
           name + ": episodes in only one of two draws");
    if (number == 3)
      expect_same(draw.indices, later.indices, name + ": batch 3 drawn out of order");
    check_batch(it, split, draw.indices);
  }
}

void check_descriptions(const Checked& it) {
  plugin::check_class_groups(it.dataset.class_groups(), std::ssize(it.dataset.class_names()),
                             it.origin);
  expect(it.dataset.provenance() == it.dataset.provenance(),
         "provenance() differs on a second call");
  for (const auto& [name, text] : it.dataset.documents()) {
    expect(!name.empty() && name.find('/') == std::string::npos,
           "document '" + name + "' is not a file name");
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
  report.check("can be constructed, and has classes and an image shape",
               "no other check can run without it", [&] {
                 made = make(subject.parameters());
                 plugin::check_class_names(made->class_names(), subject.origin());
                 const auto shape = made->image_shape();
                 expect(shape.channels > 0 && shape.height > 0 && shape.width > 0,
                        "an image has no pixels");
               });
  if (!made) return;
  const Checked it{*made, subject.origin()};
  report.check("labels are class numbers, int64 on the CPU",
               "the host counts them and the objective indexes logits with them",
               [&] { check_labels(it); });
  check_batches(it, report);
  report.check(
      "its samplers draw batch n independently of earlier draws, within the split",
      "a resumed run starts at batch n and must see the same images as an uninterrupted one", [&] {
        for (const auto split : filled_splits(it.dataset)) check_sampler(it, split);
      });
  report.check("groups, provenance and documents are valid",
               "the host scores groups by class number and writes documents to the run directory",
               [&] { check_descriptions(it); });
  report.check("the same images with any number of threads, from several, and in a second object",
               "a loader thread reads batches while the main thread evaluates; a seed must "
               "reproduce a run",
               [&] {
                 const auto split = sla::Split::train;
                 const auto indices = some_indices(it.dataset, split);
                 const auto expected = it.batch(split, indices).images;
                 const auto again = [&] {
                   expect_same(it.batch(split, indices).images, expected, "the same batch");
                 };
                 with_thread_counts(again);
                 from_two_threads(again);
                 expect_same(
                     make(subject.parameters())->batch(sla::Request::plain(split, indices)).images,
                     expected, "the same batch of a second object");
               });
}

}  // namespace host::conformance
