#include "host/training/trial.h"

#include <cmath>
#include <iterator>

#include "host/base/errors.h"
#include "host/evaluation/evaluation.h"
#include "host/run/protocol.h"
#include "host/training/selection.h"
#include "host/training/step.h"
#include "host/training/unused_settings.h"

namespace host::training {

double try_one_step(const assembly::Assembly& assembly) {
  const Selection selection(assembly, evaluation::chosen_predictions(assembly));
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
  return loss;
}

}  // namespace host::training
