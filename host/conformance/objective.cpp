#include <sla/error.h>
#include <sla/objective.h>

#include <array>
#include <set>
#include <string>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/randn.h>

#include "host/conformance/bench.h"
#include "host/conformance/module_state.h"
#include "host/conformance/overfit.h"
#include "host/conformance/probes.h"
#include "host/conformance/subject.h"
#include "host/training/network.h"

namespace host::conformance {

namespace {

constexpr int64_t kClasses = 6;
/// Start, middle and end of a run of ten epochs.
constexpr std::array<sla::Progress, 3> kProgress{
    {{0, 1000, 100}, {500, 1000, 100}, {999, 1000, 100}}};

class ObjectiveChecks {
 public:
  ObjectiveChecks(Subject& subject, Report& report) : subject_(subject), report_(report) {}

  std::shared_ptr<sla::Objective> make(const sla::Parameters& parameters, sla::Model& model,
                                       int64_t transformations, int64_t seed) {
    const sla::Task task{kClasses, transformations, {500, 200, 100, 50, 20, 10}};
    at::manual_seed(static_cast<uint64_t>(seed));
    return subject_.make<sla::Objective, const sla::Task&, sla::Model&>(parameters, task, model);
  }

  Bench bench(int64_t transformations, at::ScalarType dtype = at::kDouble, int64_t seed = 1) {
    auto model = probe_model(Bench::kFeatures);
    auto objective = make(subject_.parameters(), *model, transformations, seed);
    convert(*objective, dtype);
    auto batch = probe_batch(kClasses);
    const int64_t rows = batch.labels.numel() * transformations;
    at::manual_seed(3);
    auto features = at::randn({rows, Bench::kFeatures}, at::kDouble).to(dtype).requires_grad_();
    return {std::move(model), std::move(objective), std::move(batch), features, transformations};
  }

  /// Settles the numbers of transformations that all else is checked with; false where it takes
  /// none.
  bool takes_transformations();
  /// A number of transformations that it takes, rather several than one.
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
  report_.check("is made for images alone, or for several transformations of them",
                "nothing else can be checked without", [&] {
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
                         "it refuses 1, 2 and 4 transformations; the last with: " + refusal);
                });
  return !counts_.empty();
}

void ObjectiveChecks::loss() {
  report_.check(
      "the loss is one finite number of the features' dtype, from the first iteration to the last",
      "the host minimises it; a schedule inside the objective must hold to the end", [&] {
        for (const auto dtype : {at::kFloat, at::kDouble}) {
          for (const int64_t transformations : counts_) {
            const auto bench = this->bench(transformations, dtype);
            for (const auto& progress : kProgress) {
              const auto loss = bench.loss(progress);
              expect(loss.total.defined() && loss.total.dim() == 0 &&
                         loss.total.scalar_type() == dtype,
                     "the loss is " + describe(loss.total));
              expect(at::isfinite(loss.total).item<bool>(), "the loss is not finite");
              expect(loss.total.requires_grad(), "the loss is not attached to the graph");
              for (const auto& [name, part] : loss.parts) {
                expect(part.dim() == 0, "part '" + name + "' is " + describe(part));
              }
            }
          }
        }
      });
  report_.check("a batch of one image, and of an odd number, has a loss or is refused",
                "the last batch of an epoch has what is left over", [&] {
                  for (const int64_t count : {1, 3}) {
                    auto bench = this->bench(transformations());
                    bench.batch = {{}, bench.batch.labels.narrow(0, 0, count)};
                    bench.all_rows = bench.all_rows.narrow(0, 0, count * transformations());
                    try {
                      expect(at::isfinite(bench.loss(kProgress[0]).total).item<bool>(),
                             "the loss of " + std::to_string(count) + " images is not finite");
                    } catch (const sla::Error&) {
                      // An objective for episodes says so.
                    }
                  }
                });
}

void ObjectiveChecks::gradients() {
  report_.check("gradients reach the features and every parameter",
                "a parameter without a gradient is never trained, and still weight-decayed", [&] {
                  const auto bench = this->bench(transformations());
                  expect_gradients(*bench.objective, [&](int64_t round) {
                    bench.loss(kProgress.at(static_cast<size_t>(round))).total.backward();
                  });
                  const auto& gradient = bench.all_rows.grad();
                  expect(gradient.defined() && at::isfinite(gradient).all().item<bool>() &&
                             gradient.abs().max().item<double>() > 0,
                         "no finite gradient reaches the features");
                });
}

void ObjectiveChecks::predictions() {
  report_.check(
      "each prediction has a name, and logits for its targets",
      "the host scores row by row: target t is the column that should be largest", [&] {
        for (const int64_t transformations : counts_) {
          const auto bench = this->bench(transformations);
          bench.objective->eval();
          const auto targets = bench.objective->targets(bench.batch);
          expect(targets.labels.dim() == 1 && targets.labels.scalar_type() == at::kLong,
                 "targets are " + describe(targets.labels) + ", expected [T] Long");
          const int64_t rows = targets.labels.numel();
          expect(targets.trials >= 0 && (targets.trials == 0 || rows % targets.trials == 0),
                 std::to_string(rows) + " targets do not make " + std::to_string(targets.trials) +
                     " equal trials");
          const auto offered = bench.objective->predictions();
          expect(!offered.empty(), "predictions() is empty");
          std::set<std::string> names;
          for (const auto& prediction : offered) {
            const std::string it = "prediction '" + prediction.name + "'";
            expect(!prediction.name.empty() && names.insert(prediction.name).second,
                   it + " has no name of its own");
            const auto logits = bench.predict(prediction, prediction.views);
            expect(logits.dim() == 2 && logits.size(0) == rows,
                   it + " gives " + describe(logits) + " for " + std::to_string(rows) + " targets");
            expect(targets.labels.max().item<int64_t>() < logits.size(1) &&
                       targets.labels.min().item<int64_t>() >= 0,
                   it + " has " + std::to_string(logits.size(1)) +
                       " columns, too few for the targets");
            expect(targets.trials > 0 || logits.size(1) == kClasses,
                   it + " has " + std::to_string(logits.size(1)) + " columns for " +
                       std::to_string(kClasses) + " classes");
            expect(at::isfinite(logits).all().item<bool>(), it + " is not finite");
          }
        }
      });
}

void ObjectiveChecks::views() {
  report_.check("a prediction from the identity rows is the same when given all rows",
                "the host computes all rows once where any prediction needs them", [&] {
                  const auto bench = this->bench(transformations());
                  bench.objective->eval();
                  for (const auto& prediction : bench.objective->predictions()) {
                    if (prediction.views == sla::Views::all) continue;
                    expect_close(bench.predict(prediction, sla::Views::all),
                                 bench.predict(prediction, sla::Views::identity), 1e-9,
                                 "prediction '" + prediction.name + "' out of all rows");
                  }
                });
}

void ObjectiveChecks::joint_labels() {
  report_.check(
      "what the loss teaches is what the predictions say",
      "the loss numbers joint labels, the predictions read them back: numbered differently, "
      "training succeeds and accuracy stays at chance",
      [&] {
        for (const int64_t transformations : counts_) {
          for (const auto& [prediction, accuracy] :
               accuracies_after_training(bench(transformations))) {
            expect(accuracy >= 0.9, "after 200 steps on one batch with free features and " +
                                        std::to_string(transformations) +
                                        " transformations, prediction '" + prediction + "' is " +
                                        std::to_string(100 * accuracy) + " % right");
          }
        }
      });
}

void ObjectiveChecks::state() {
  report_.check(
      "parameters and buffers are all its state",
      "a checkpoint saves nothing else: what is kept elsewhere is lost when a run resumes", [&] {
        const auto trained = bench(transformations());
        for (const auto& progress : kProgress) {
          trained.loss(progress).total.backward();
          descend(*trained.objective);
        }
        const auto restored = bench(transformations(), at::kDouble, /*seed=*/2);
        load_state(*restored.objective, copy_of_state(*trained.objective));
        at::manual_seed(5);
        const auto expected = trained.loss(kProgress[1]).total;
        at::manual_seed(5);
        expect_same(restored.loss(kProgress[1]).total, expected,
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
                "a run must be repeatable; draw through LibTorch or Host::random only", [&] {
                  const auto loss_of = [&] {
                    const auto bench = this->bench(transformations());
                    at::manual_seed(5);
                    return bench.loss(kProgress[0]).total;
                  };
                  const auto expected = loss_of();
                  expect_same(loss_of(), expected, "the loss of a second object");
                  with_thread_counts([&] {
                    expect_close(loss_of(), expected, 1e-9, "the loss with other threads");
                  });
                });
  report_.check("predicting changes no state, and not the features",
                "validating more often would change the run", [&] {
                  const auto bench = this->bench(transformations());
                  bench.objective->eval();
                  const auto before = copy_of_state(*bench.objective);
                  const auto features = bench.all_rows.detach().clone();
                  for (const auto& prediction : bench.objective->predictions()) {
                    const auto first = bench.predict(prediction, prediction.views);
                    expect_same(bench.predict(prediction, prediction.views), first,
                                "prediction '" + prediction.name + "' made twice");
                  }
                  expect_same(bench.all_rows.detach(), features, "the features afterwards");
                  for (const auto& [name, tensor] : training::state_of(*bench.objective)) {
                    expect_same(tensor, before.at(name), name + " after predicting");
                  }
                });
}

}  // namespace

void check_objective(Subject& subject, Report& report) {
  ObjectiveChecks checks(subject, report);
  if (!checks.takes_transformations()) return;
  check_parameters(subject, report, [&](const sla::Parameters& parameters) {
    const auto model = probe_model(Bench::kFeatures);
    checks.make(parameters, *model, checks.transformations(), 1);
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
