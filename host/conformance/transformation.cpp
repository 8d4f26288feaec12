#include <sla/error.h>
#include <sla/transformation.h>

#include <array>
#include <string>

#include <ATen/ops/equal.h>

#include "host/conformance/probes.h"
#include "host/conformance/subject.h"

namespace host::conformance {

namespace {

constexpr std::array<at::ScalarType, 4> kTypes{at::kByte, at::kFloat, at::kBFloat16, at::kDouble};

std::string view_name(int64_t j) { return "view " + std::to_string(j); }

void check_apply(const sla::Transformation& transformation, const at::Tensor& images) {
  const int64_t count = transformation.count();
  const at::Tensor all = transformation.apply(images);
  const std::vector<int64_t> shape{images.size(0) * count, images.size(1), images.size(2),
                                   images.size(3)};
  expect(all.defined() && all.sizes() == shape && all.scalar_type() == images.scalar_type(),
         "apply() of " + describe(images) + " gives " + describe(all));
  expect(all.is_contiguous(), "what apply() returns is not contiguous");
  for (int64_t j = 0; j < count; ++j) {
    for (int64_t b = 0; b < images.size(0); ++b) {
      expect_same(all[b * count + j], transformation.view(images, j)[b],
                  "row " + std::to_string(b * count + j) + " of apply() against " + view_name(j) +
                      " of image " + std::to_string(b));
    }
  }
}

void check_views(const sla::Transformation& transformation, const sla::ImageShape& shape,
                 Report& report) {
  report.check("view 0 is the image itself, for every dtype",
               "single inference looks at view 0 and must see what the dataset gave", [&] {
                 for (const auto type : kTypes) {
                   const auto images = random_images(3, shape, type);
                   expect_same(transformation.view(images, 0), images, view_name(0));
                 }
               });
  report.check(
      "every view keeps shape and dtype",
      "training transforms bytes, evaluation possibly floating point; the rows of all views "
      "are joined into one batch",
      [&] {
        for (const auto type : kTypes) {
          const auto images = random_images(3, shape, type);
          for (int64_t j = 0; j < transformation.count(); ++j) {
            const auto view = transformation.view(images, j);
            expect(view.sizes() == images.sizes() && view.scalar_type() == type,
                   view_name(j) + " of " + describe(images) + " is " + describe(view));
          }
        }
      });
  report.check("no two views of an image are the same",
               "joint label y*M + j means one class and one view; if two views look alike, "
               "no classifier can tell their labels apart",
               [&] {
                 const auto image = random_images(1, shape, at::kByte);
                 for (int64_t j = 0; j < transformation.count(); ++j) {
                   for (int64_t k = 0; k < j; ++k) {
                     expect(
                         !at::equal(transformation.view(image, j), transformation.view(image, k)),
                         "views " + std::to_string(k) + " and " + std::to_string(j) +
                             " of a random image are equal");
                   }
                 }
               });
  report.check("each image is transformed independently",
               "an image's views must not depend on its batch", [&] {
                 const auto images = random_images(3, shape, at::kByte);
                 for (int64_t j = 0; j < transformation.count(); ++j) {
                   for (int64_t b = 0; b < 3; ++b) {
                     expect_same(transformation.view(images.narrow(0, b, 1), j)[0],
                                 transformation.view(images, j)[b],
                                 view_name(j) + " of an image alone and in a batch");
                   }
                 }
               });
  report.check("its input images are not modified",
               "all views are computed from the same tensor, one after another", [&] {
                 for (const auto type : kTypes) {
                   const auto images = random_images(3, shape, type);
                   const auto before = images.clone();
                   for (int64_t j = 0; j < transformation.count(); ++j) {
                     transformation.view(images, j);
                     expect_same(images, before, "the images after " + view_name(j));
                   }
                 }
               });
}

void check_rows(const sla::Transformation& transformation, const sla::ImageShape& shape,
                Report& report) {
  report.check("row b*M + j of apply() is view j of image b, contiguous",
               "labels and features are matched to views by that index alone", [&] {
                 for (const auto type : kTypes) {
                   check_apply(transformation, random_images(2, shape, type));
                 }
               });
  report.check("batches of no image, one, and odd numbers work",
               "the last batch of an epoch or evaluation may be smaller", [&] {
                 for (const int64_t count : {0, 1, 5, 7}) {
                   check_apply(transformation, random_images(count, shape, at::kByte));
                 }
               });
  report.check("images of an odd or unequal size are transformed, or rejected with sla::Error",
               "other exceptions look like a bug in the plugin; a wrong shape ends training later",
               [&] {
                 for (const sla::ImageShape odd :
                      {sla::ImageShape{3, 33, 33}, {3, 32, 48}, {1, 31, 32}, {4, 8, 8}}) {
                   try {
                     check_apply(transformation, random_images(2, odd, at::kByte));
                   } catch (const sla::Error&) {
                     // Rejected with a message for the user.
                   }
                 }
               });
}

}  // namespace

void check_transformation(Subject& subject, Report& report) {
  const auto make = [&](const sla::Parameters& parameters) {
    return subject.make<sla::Transformation>(parameters);
  };
  check_parameters(subject, report, make);
  std::shared_ptr<sla::Transformation> transformation;
  sla::ImageShape shape;
  report.check("can be constructed, and has at least one view of common image shapes",
               "no other check can run without it", [&] {
                 const auto made = make(subject.parameters());
                 expect(made->count() >= 1, "count() is " + std::to_string(made->count()));
                 shape = usual_shape([&](const sla::ImageShape& usual) {
                   for (int64_t j = 0; j < made->count(); ++j) {
                     made->view(random_images(1, usual, at::kByte), j);
                   }
                 });
                 transformation = made;
               });
  if (!transformation) return;
  check_views(*transformation, shape, report);
  check_rows(*transformation, shape, report);
  report.check("the same images give the same views, with any number of threads and from several",
               "a seed must reproduce a run with any number of threads", [&] {
                 const auto images = random_images(5, shape, at::kByte);
                 const auto expected = transformation->apply(images);
                 with_thread_counts([&] {
                   expect_same(transformation->apply(images), expected, "apply() again");
                 });
                 from_two_threads([&] {
                   expect_same(transformation->apply(images), expected, "apply() in two threads");
                 });
                 expect_same(make(subject.parameters())->apply(images), expected,
                             "apply() of a second object");
               });
}

}  // namespace host::conformance
