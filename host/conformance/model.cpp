#include <sla/model.h>

#include <string>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/randn_like.h>

#include "host/base/libtorch.h"
#include "host/conformance/module_state.h"
#include "host/conformance/probes.h"
#include "host/conformance/subject.h"

namespace host::conformance {

namespace {

/// Float64, so that differences come from the order of images, not from rounding.
constexpr double kTolerance = 1e-9;

class ModelChecks {
 public:
  ModelChecks(Subject& subject, Report& report) : subject_(subject), report_(report) {}

  std::shared_ptr<sla::Model> make(const sla::Parameters& parameters, int64_t seed) {
    at::manual_seed(static_cast<uint64_t>(seed));
    return subject_.make<sla::Model, const sla::ImageShape&>(parameters, shape_);
  }

  std::shared_ptr<sla::Model> make(at::ScalarType dtype = at::kDouble, int64_t seed = 1) {
    auto model = make(subject_.parameters(), seed);
    convert(*model, dtype);
    return model;
  }

  /// Finds an image shape for the other checks; false if it accepts none.
  bool takes_usual_images();
  void features();
  void evaluation();
  void reproducibility();
  void gradients();
  void state();
  void precisions();
  void heads();

 private:
  /// Images as the host prepares them: centred floating point, channels last in memory.
  at::Tensor inputs(int64_t count, at::ScalarType dtype) const {
    return ((random_images(count, shape_, at::kDouble) - 0.5) * 2)
        .to(dtype)
        .contiguous(at::MemoryFormat::ChannelsLast);
  }

  /// The backward pass of one training step of the model alone, with random gradients.
  void train_once(sla::Model& model, int64_t seed) const {
    at::manual_seed(static_cast<uint64_t>(seed));
    const auto found = model.features(inputs(4, at::kDouble));
    (found * at::randn_like(found)).sum().backward();
  }

  Subject& subject_;
  Report& report_;
  sla::ImageShape shape_;
};

at::Tensor features_of(sla::Model& model, const at::Tensor& images) {
  const at::NoGradGuard no_grad;
  return model.features(images);
}

/// Those of a model in training mode, which may draw random numbers.
at::Tensor training_features(sla::Model& model, const at::Tensor& images) {
  at::manual_seed(5);
  return features_of(model, images);
}

bool ModelChecks::takes_usual_images() {
  bool found = false;
  report_.check("can be constructed for common image shapes", "no other check can run without it",
                [&] {
                  shape_ = usual_shape([&](const sla::ImageShape& usual) {
                    shape_ = usual;
                    expect(make(subject_.parameters(), 1)->feature_size() >= 1,
                           "feature_size() is not positive");
                  });
                  found = true;
                });
  return found;
}

void ModelChecks::features() {
  report_.check("features are [R, D] and finite, for one image and for odd numbers",
                "heads expect D = feature_size(); the last batch of an evaluation may be "
                "smaller",
                [&] {
                  const auto model = make();
                  model->eval();
                  for (const int64_t count : {1, 3, 7}) {
                    const auto found = features_of(*model, inputs(count, at::kDouble));
                    const std::vector<int64_t> sizes{count, model->feature_size()};
                    expect(found.sizes() == sizes, "features of " + std::to_string(count) +
                                                       " images are " + describe(found) +
                                                       ", but feature_size() is " +
                                                       std::to_string(model->feature_size()));
                    expect(at::isfinite(found).all().item<bool>(), "a feature is not finite");
                  }
                });
}

void ModelChecks::evaluation() {
  report_.check("in evaluation, an image's features do not depend on its batch",
                "accuracy would depend on the evaluation batch size", [&] {
                  const auto model = make();
                  model->eval();
                  const auto images = inputs(3, at::kDouble);
                  const auto together = features_of(*model, images);
                  for (int64_t i = 0; i < 3; ++i) {
                    expect_close(features_of(*model, images.narrow(0, i, 1))[0], together[i],
                                 kTolerance, "features of an image alone and in a batch");
                  }
                });
  report_.check("in evaluation, no random numbers are used and no state changes",
                "more frequent validation would change the run", [&] {
                  const auto model = make();
                  model->eval();
                  const auto images = inputs(3, at::kDouble);
                  const auto before = copy_of_state(*model);
                  const auto first = features_of(*model, images);
                  expect_same(features_of(*model, images), first, "features computed twice");
                  expect_state(*model, before, "after an evaluation");
                });
  report_.check("the images' memory layout has no effect, and the images are not modified",
                "the host passes images channels last, other callers contiguous", [&] {
                  const auto model = make();
                  model->eval();
                  const auto images = inputs(3, at::kDouble);
                  const auto before = images.clone();
                  const auto expected = features_of(*model, images);
                  expect_same(images, before, "the images afterwards");
                  expect_close(features_of(*model, images.contiguous()), expected, kTolerance,
                               "features of the same images, channels first");
                });
}

void ModelChecks::reproducibility() {
  report_.check("one seed gives the same weights and the same training features",
                "a run must be reproducible; draw through LibTorch or Host::random only", [&] {
                  const auto images = inputs(3, at::kDouble);
                  const auto first = make();
                  const auto second = make();
                  expect_state(*second, copy_of_state(*first), "of one seed");
                  const auto expected = training_features(*first, images);
                  expect_same(training_features(*second, images), expected, "training features");
                });
  report_.check("the same features with any number of threads",
                "threads may change the order of summation, but not the result", [&] {
                  const auto model = make();
                  model->eval();
                  const auto images = inputs(3, at::kDouble);
                  const auto expected = features_of(*model, images);
                  with_thread_counts([&] {
                    expect_close(features_of(*model, images), expected, kTolerance,
                                 "features with another number of threads");
                  });
                });
}

void ModelChecks::gradients() {
  report_.check("gradients reach every parameter",
                "a parameter without a gradient is never trained, and still weight-decayed", [&] {
                  const auto model = make();
                  expect_gradients(*model, [&](int64_t round) { train_once(*model, round); });
                });
}

void ModelChecks::state() {
  report_.check("parameters and buffers hold all its state",
                "a checkpoint saves nothing else: other state is lost on resume", [&] {
                  const auto trained = make();
                  for (int64_t step = 0; step < 3; ++step) {
                    train_once(*trained, step);
                    descend(*trained);
                  }
                  const auto restored = make(at::kDouble, /*seed=*/2);
                  load_state(*restored, copy_of_state(*trained));
                  const auto images = inputs(3, at::kDouble);
                  const auto training = training_features(*trained, images);
                  expect_same(training_features(*restored, images), training,
                              "training features of the restored model");
                  trained->eval();
                  restored->eval();
                  expect_same(features_of(*restored, images), features_of(*trained, images),
                              "features of the restored model");
                });
}

void ModelChecks::precisions() {
  report_.check("float32, float64 and bfloat16 autocast agree",
                "the experiment chooses the precision; the model must follow its input's dtype",
                [&] {
                  const auto exact = make();
                  exact->eval();
                  const auto expected = features_of(*exact, inputs(3, at::kDouble));
                  expect(expected.scalar_type() == at::kDouble,
                         "features of Double images are " + describe(expected));
                  const auto model = make(at::kFloat);
                  load_state(*model, copy_of_state(*exact));
                  model->eval();
                  const auto single = features_of(*model, inputs(3, at::kFloat));
                  expect(single.scalar_type() == at::kFloat,
                         "features of Float images are " + describe(single));
                  expect_close(single, expected, 1e-3, "features in float32 against float64");
                  const libtorch::AutocastGuard autocast(true, at::kCPU);
                  const auto half = features_of(*model, inputs(3, at::kFloat));
                  expect(half.is_floating_point(), "features under autocast are " + describe(half));
                  expect_close(half, expected, 0.2, "features under autocast against float64");
                });
}

void ModelChecks::heads() {
  report_.check("its heads map features to logits and are trained",
                "every objective asks the model for its heads", [&] {
                  const auto model = make();
                  const auto head = model->make_head(5);
                  convert(*head, at::kDouble);
                  const auto logits = head->forward(model->features(inputs(3, at::kDouble)));
                  const std::vector<int64_t> sizes{3, 5};
                  expect(logits.sizes() == sizes,
                         "logits of 3 images and 5 outputs are " + describe(logits));
                  expect_gradients(*head, [&](int64_t) {
                    const auto again = head->forward(model->features(inputs(3, at::kDouble)));
                    (again * at::randn_like(again)).sum().backward();
                  });
                });
}

}  // namespace

void check_model(Subject& subject, Report& report) {
  ModelChecks checks(subject, report);
  if (!checks.takes_usual_images()) return;
  check_parameters(subject, report,
                   [&](const sla::Parameters& parameters) { checks.make(parameters, 1); });
  checks.features();
  checks.evaluation();
  checks.reproducibility();
  checks.gradients();
  checks.state();
  checks.precisions();
  checks.heads();
}

}  // namespace host::conformance
