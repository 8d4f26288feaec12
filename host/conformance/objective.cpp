#include <sla/error.h>
#include <sla/objective.h>

#include <string>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/ops/isfinite.h>

#include "host/conformance/bench.h"
#include "host/conformance/module_state.h"
#include "host/conformance/overfit.h"
#include "host/conformance/probes.h"
#include "host/conformance/subject.h"
#include "host/plugin/network_contracts.h"

namespace host::conformance {

namespace {

/// A run of ten epochs.
constexpr sla::TrainingLength kLength{.iterations = 1000, .iterations_per_epoch = 100};

class ObjectiveChecks {
 public:
  ObjectiveChecks(Subject& subject, Report& report) : subject_(subject), report_(report) {}

  Bench bench(int64_t transformations, at::ScalarType dtype = at::kDouble, int64_t seed = 1) {
    return bench_of(subject_, transformations, dtype, seed);
  }

  std::vector<sla::Phase> phases(const Bench& bench) const {
    auto phases = bench.objective->phases(kLength);
    plugin::check_phases(phases, subject_.origin());
    return phases;
  }

  /// Finds the numbers of transformations for the other checks; false if it accepts
  /// none.
  bool takes_transformations();
  /// A number of transformations that it accepts, preferably several.
  int64_t transformations() const { return counts_.back(); }
  void loss();
  void gradients();
  void predictions();
  void views();
  void joint_labels();
  void state();
  void reproducibility();

 private:
  Subject& subject_;
  Report& report_;
  std::vector<int64_t> counts_;
};

bool ObjectiveChecks::takes_transformations() {
  report_.check("can be constructed for images alone, or for several transformations",
                "no other check can run without it", [&] {
                  std::string refusal;
                  for (const int64_t count : {1, 2, 4}) {
                    try {
                      bench(count);
                      counts_.push_back(count);
                    } catch (const sla::Error& error) {
                      refusal = error.what();
                    }
                  }
                  expect(!counts_.empty(),
                         "it rejects 1, 2 and 4 transformations; the last with: " + refusal);
                });
  return !counts_.empty();
}

void ObjectiveChecks::loss() {
  report_.check("the loss is one finite number of the features' dtype, in every phase",
                "the host minimises it; a schedule inside the objective must work to the end", [&] {
                  for (const auto dtype : {at::kFloat, at::kDouble}) {
                    for (const int64_t transformations : counts_) {
                      const auto bench = this->bench(transformations, dtype);
                      for (const auto& phase : phases(bench)) {
                        const auto loss = bench.loss(phase);
                        plugin::check_loss(loss, subject_.origin());
                        const auto total = loss.total();
                        expect(total.scalar_type() == dtype, "the loss is " + describe(total));
                        expect(at::isfinite(total).item<bool>(), "the loss is not finite");
                      }
                    }
                  }
                });
  report_.check("a batch of one image, and of an odd number, has a loss or is rejected",
                "the last batch of an epoch may be smaller", [&] {
                  for (const int64_t count : {1, 3}) {
                    auto bench = this->bench(transformations());
                    bench.keep(count);
                    try {
                      expect(at::isfinite(bench.loss(phases(bench)[0]).total()).item<bool>(),
                             "the loss of " + std::to_string(count) + " images is not finite");
                    } catch (const sla::Error&) {
                      // An objective for episodes may reject it.
                    }
                  }
                });
}

void ObjectiveChecks::gradients() {
  report_.check("gradients reach the features and every parameter",
                "a parameter without a gradient is never trained, and still weight-decayed", [&] {
                  const auto bench = this->bench(transformations());
                  expect_gradients(*bench.objective, [&](int64_t round) {
                    const auto all = phases(bench);
                    bench.loss(all[static_cast<size_t>(round) % all.size()]).total().backward();
                  });
                  const auto& gradient = bench.all_rows.grad();
                  expect(gradient.defined() && at::isfinite(gradient).all().item<bool>() &&
                             gradient.abs().max().item<double>() > 0,
                         "no finite gradient reaches the features");
                });
}

void ObjectiveChecks::predictions() {
  report_.check("each prediction has a name, and logits for its targets",
                "the host scores row by row: column t should be largest for target t", [&] {
                  for (const int64_t transformations : counts_) {
                    const auto bench = this->bench(transformations);
                    bench.objective->eval();
                    const auto targets = bench.objective->targets(bench.batch);
                    plugin::check_targets(targets, subject_.origin());
                    const auto offered = bench.objective->predictions();
                    plugin::check_predictions(offered, subject_.origin());
                    for (const auto& prediction : offered) {
                      const std::string it = "prediction '" + prediction.name + "'";
                      const auto logits = bench.predict(prediction, prediction.views);
                      plugin::check_logits(logits, targets, Subject::kClasses, subject_.origin());
                      expect(targets.labels.max().item<int64_t>() < logits.size(1) &&
                                 targets.labels.min().item<int64_t>() >= 0,
                             it + " has " + std::to_string(logits.size(1)) +
                                 " columns, too few for the targets");
                      expect(at::isfinite(logits).all().item<bool>(), it + " is not finite");
                    }
                  }
                });
}

void ObjectiveChecks::views() {
  report_.check("a prediction from the identity rows is the same when given all rows",
                "the host computes all rows once if any prediction needs them", [&] {
                  const auto bench = this->bench(transformations());
                  bench.objective->eval();
                  for (const auto& prediction : bench.objective->predictions()) {
                    if (prediction.views == sla::Views::all) continue;
                    expect_close(bench.predict(prediction, sla::Views::all),
                                 bench.predict(prediction, sla::Views::identity), 1e-9,
                                 "prediction '" + prediction.name + "' from all rows");
                  }
                });
}

void ObjectiveChecks::joint_labels() {
  report_.check("the predictions learn what the loss trains",
                "the loss and the predictions must number joint labels alike: otherwise "
                "training succeeds, but accuracy stays at chance",
                [&] {
                  for (const int64_t transformations : counts_) {
                    for (const auto& [prediction, accuracy] :
                         accuracies_after_training(bench(transformations))) {
                      expect(accuracy >= 0.9,
                             "after 200 steps on one batch with free features and " +
                                 std::to_string(transformations) +
                                 " transformations, prediction '" + prediction + "' is " +
                                 std::to_string(100 * accuracy) + " % right");
                    }
                  }
                });
}

void ObjectiveChecks::state() {
  report_.check("parameters and buffers hold all its state",
                "a checkpoint saves nothing else: other state is lost on resume", [&] {
                  const auto trained = bench(transformations());
                  for (int64_t step = 0; step < 3; ++step) {
                    trained.loss(phases(trained).front()).total().backward();
                    descend(*trained.objective);
                  }
                  const auto restored = bench(transformations(), at::kDouble, /*seed=*/2);
                  load_state(*restored.objective, copy_of_state(*trained.objective));
                  at::manual_seed(5);
                  const auto expected = trained.loss(phases(trained).back()).total();
                  at::manual_seed(5);
                  expect_same(restored.loss(phases(restored).back()).total(), expected,
                              "the loss of the restored objective");
                  trained.objective->eval();
                  restored.objective->eval();
                  for (const auto& prediction : trained.objective->predictions()) {
                    expect_same(restored.predict(prediction, prediction.views),
                                trained.predict(prediction, prediction.views),
                                "prediction '" + prediction.name + "' of the restored objective");
                  }
                });
}

void ObjectiveChecks::reproducibility() {
  report_.check("one seed gives the same heads and the same loss, with any number of threads",
                "a run must be reproducible; draw through LibTorch or Host::random only", [&] {
                  const auto loss_of = [&] {
                    const auto bench = this->bench(transformations());
                    at::manual_seed(5);
                    return bench.loss(phases(bench)[0]).total();
                  };
                  const auto expected = loss_of();
                  expect_same(loss_of(), expected, "the loss of a second object");
                  with_thread_counts([&] {
                    expect_close(loss_of(), expected, 1e-9, "the loss with other threads");
                  });
                });
  report_.check("predicting changes neither state nor features",
                "more frequent validation would change the run", [&] {
                  const auto bench = this->bench(transformations());
                  bench.objective->eval();
                  const auto before = copy_of_state(*bench.objective);
                  const auto features = bench.all_rows.detach().clone();
                  for (const auto& prediction : bench.objective->predictions()) {
                    const auto first = bench.predict(prediction, prediction.views);
                    expect_same(bench.predict(prediction, prediction.views), first,
                                "prediction '" + prediction.name + "' computed twice");
                  }
                  expect_same(bench.all_rows.detach(), features, "the features afterwards");
                  expect_state(*bench.objective, before, "after predicting");
                });
}

}  // namespace

void check_objective(Subject& subject, Report& report) {
  ObjectiveChecks checks(subject, report);
  if (!checks.takes_transformations()) return;
  check_parameters(subject, report, [&](const sla::Parameters& parameters) {
    const auto model = probe_model(Bench::kFeatures);
    objective_of(subject, parameters, *model, checks.transformations(), /*seed=*/1);
  });
  checks.loss();
  checks.gradients();
  checks.predictions();
  checks.views();
  checks.joint_labels();
  checks.state();
  checks.reproducibility();
}

}  // namespace host::conformance
