#include "host/conformance/overfit.h"

#include <utility>

#include <ATen/TensorOperators.h>

#include "host/training/course.h"
#include "host/training/optimizer.h"

namespace host::conformance {

namespace {

constexpr int64_t kSteps = 200;
constexpr double kLearningRate = 0.02;

}  // namespace

std::map<std::string, double> accuracies_after_training(Bench bench) {
  // Small, so that learning outweighs the initial values.
  bench.all_rows = (bench.all_rows.detach() * 0.05).requires_grad_();
  std::vector<training::Optimizer::Parameter> learnt{{"features", bench.all_rows}};
  for (const auto& parameter : bench.objective->named_parameters()) {
    learnt.push_back({parameter.key(), parameter.value()});
  }
  const auto optimizer = training::make_optimizer({.kind = experiment::OptimizerKind::adamw,
                                                   .learning_rate = kLearningRate,
                                                   .beta1 = 0.9,
                                                   .beta2 = 0.999,
                                                   .epsilon = 1e-8},
                                                  std::move(learnt));
  const auto phases = bench.objective->phases({kSteps, kSteps / 10});
  for (int64_t step = 0; step < kSteps; ++step) {
    bench.loss(training::phase_at(phases, step)).total().backward();
    optimizer->step(kLearningRate);
  }
  bench.objective->eval();
  const auto targets = bench.objective->targets(bench.batch).labels;
  std::map<std::string, double> accuracies;
  for (const auto& prediction : bench.objective->predictions()) {
    const auto best = bench.predict(prediction, prediction.views).argmax(1);
    accuracies[prediction.name] = best.eq(targets).to(at::kDouble).mean().item<double>();
  }
  return accuracies;
}

}  // namespace host::conformance
