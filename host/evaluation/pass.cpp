#include "host/evaluation/pass.h"

#include <algorithm>

#include <ATen/core/grad_mode.h>

#include "host/base/libtorch.h"
#include "host/data/batch_tensors.h"
#include "host/evaluation/crops.h"
#include "host/terminal/progress_bar.h"
#include "host/terminal/signals.h"

namespace host::evaluation {

namespace {

/// Each prediction's logits of a batch: of the images, or the mean over their ten crops.
std::vector<at::Tensor> logits_of(const assembly::Assembly& assembly,
                                  const std::vector<sla::Prediction>& predictions, sla::Views views,
                                  const sla::Embedding& embedding, const sla::Targets& targets) {
  const auto& objective = assembly.network->objective();
  const int64_t margin = assembly.experiment.evaluation.ten_crop_margin;
  std::vector<at::Tensor> logits;
  for (const auto& prediction : predictions) {
    logits.push_back(objective.predict(prediction.name, embedding, targets));
  }
  if (margin == 0) return logits;
  for (int64_t number = 1; number < kTenCrops; ++number) {
    sla::Batch batch = embedding.batch;
    batch.images = crop(batch.images, margin, number);
    const auto cropped = assembly.embed(batch, views);
    for (size_t i = 0; i < predictions.size(); ++i) {
      logits[i] = logits[i] + objective.predict(predictions[i].name, cropped, targets);
    }
  }
  for (at::Tensor& sum : logits) sum = sum / kTenCrops;
  return logits;
}

}  // namespace

bool run_pass(const assembly::Assembly& assembly, const ScoredImages& scored,
              const std::vector<sla::Prediction>& predictions, const distributed::Group& group,
              Observer& observer) {
  const at::NoGradGuard no_grad;
  assembly::Network& network = *assembly.network;
  const assembly::EvaluationMode mode(network);
  const auto random = assembly.random("evaluation").child(static_cast<int64_t>(scored.split));

  const bool all_views =
      std::any_of(predictions.begin(), predictions.end(),
                  [](const auto& prediction) { return prediction.views == sla::Views::all; });
  const auto views = all_views ? sla::Views::all : sla::Views::identity;
  const int64_t batches = scored.sampler->batches_per_pass();
  const auto loader =
      assembly.evaluation_loader(scored.split, scored.sampler, group.rank(), group.size());
  terminal::ProgressBar progress(scored.name, 0, batches);
  int64_t images = 0;
  for (int64_t number = group.rank(); number - group.rank() < batches; number += group.size()) {
    if (group.maximum({terminal::signal_waits() ? 1 : 0}).front() != 0) return false;
    if (number >= batches) break;
    // LibTorch's random numbers depend on split and batch alone, not on what ran before.
    libtorch::seed(assembly.device, random.child(number).next());
    const sla::Batch batch = data::to_device(loader->next(), assembly.device);
    images += batch.labels.numel();
    const auto embedding = assembly.embed(batch, views);
    const auto targets = network.objective().targets(batch);
    observer.observe(number, logits_of(assembly, predictions, views, embedding, targets), targets,
                     embedding);
    progress.update(number + 1, images, "");
  }
  return true;
}

}  // namespace host::evaluation
