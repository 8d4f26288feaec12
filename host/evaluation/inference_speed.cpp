#include "host/evaluation/inference_speed.h"

#include <ATen/core/grad_mode.h>

#include <chrono>
#include <limits>

#include "host/data/batch_tensors.h"

namespace host::evaluation {

double inference_speed(const assembly::Assembly& assembly, const sla::Prediction& prediction) {
  const at::NoGradGuard no_grad;
  assembly::Network& network = *assembly.network;
  const assembly::EvaluationMode mode(network);
  const auto sampler = assembly.evaluation_sampler(sla::Split::test);
  if (sampler->batches_per_pass() == 0) return std::numeric_limits<double>::quiet_NaN();
  const auto batch = data::to_device(assembly.evaluation_loader(sla::Split::test, sampler)->next(),
                                     assembly.device);
  const auto targets = network.objective().targets(batch);
  const auto predict = [&] {
    const auto logits = network.objective().predict(
        prediction.name, assembly.embed(batch, prediction.views), targets);
    logits.sum().item<double>();  // waits for the device
  };

  predict();  // warm-up: allocates memory, fills caches
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  constexpr std::chrono::duration<double> kLongEnough{0.1};
  int64_t images = 0;
  std::chrono::duration<double> elapsed{0};
  while (elapsed < kLongEnough) {
    predict();
    images += batch.labels.numel();
    elapsed = Clock::now() - start;
  }
  return static_cast<double>(images) / elapsed.count();
}

}  // namespace host::evaluation
