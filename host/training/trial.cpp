#include "host/training/trial.h"

#include <cmath>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

#include "host/base/errors.h"
#include "host/evaluation/evaluation.h"
#include "host/run/protocol.h"
#include "host/training/selection.h"
#include "host/training/step.h"
#include "host/training/unused_settings.h"

namespace host::training {

namespace {

/// The first of another sampler's batches.
class FirstBatch final : public sla::Sampler {
 public:
  explicit FirstBatch(std::shared_ptr<const sla::Sampler> all) : all_(std::move(all)) {}
  sla::Draw draw(int64_t number) const override { return all_->draw(number); }
  int64_t batches_per_pass() const override { return 1; }

 private:
  std::shared_ptr<const sla::Sampler> all_;
};

/// Scores one batch, of the split that is scored first.
void try_predictions(const assembly::Assembly& assembly,
                     const std::vector<sla::Prediction>& predictions) {
  const auto split =
      assembly.dataset.size(sla::Split::validation) > 0 ? sla::Split::validation : sla::Split::test;
  if (assembly.dataset.size(split) == 0) return;
  const auto all = assembly.evaluation_sampler(split);
  evaluation::evaluate(assembly, {split, std::make_shared<FirstBatch>(all), "check"}, predictions);
}

}  // namespace

double try_one_step(const assembly::Assembly& assembly) {
  const auto predictions = evaluation::chosen_predictions(assembly);
  const Selection selection(assembly, predictions);
  assembly::require_synchronised_parts(assembly);
  run::check_protocol(assembly, selection.metric());
  const auto sampler = assembly.training_sampler();
  Step step(assembly, sampler->batches_per_pass());
  warn_of_unused_settings(assembly, step.course());
  assembly.network->train();
  // Two iterations, because RegistrationCheck compares two losses, and one of each later phase.
  const auto& phases = step.course().phases();
  const auto loader = assembly.training_loader(sampler, 0, std::ssize(phases) + 1);
  const auto loss = step(0, loader->next_parts()).total.item<double>();
  if (!std::isfinite(loss)) throw ExperimentError("the loss of the first step is not finite");
  step(1, loader->next_parts());
  for (size_t i = 1; i < phases.size(); ++i) step(phases[i].begin, loader->next_parts());
  try_predictions(assembly, predictions);
  return loss;
}

}  // namespace host::training
