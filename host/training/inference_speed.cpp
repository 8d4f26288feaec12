#include "host/training/inference_speed.h"

#include <ATen/core/grad_mode.h>

#include <chrono>
#include <limits>

#include "host/training/evaluation.h"

namespace host::training {

double inference_speed(const Assembly& assembly, const sla::Prediction& prediction) {
  const at::NoGradGuard no_grad;
  Network& network = *assembly.network;
  const EvaluationMode mode(network);
  const auto sampler = assembly.evaluation_sampler(sla::Split::test);
  if (sampler->batches_per_pass() == 0) return std::numeric_limits<double>::quiet_NaN();
  const auto batch =
      assembly.preparation.to_device(assembly.evaluation_loader(sla::Split::test, sampler)->next());
  const auto predict = [&] {
    const sla::Embedding embedding{
        network.features(assembly.preparation.model_input(batch.images, prediction.views)),
        prediction.views, batch};
    const auto logits = network.objective().call("predict", [&](sla::Objective& object) {
      return object.predict(prediction.name, embedding);
    });
    logits.sum().item<double>();  // waits for the device
  };

  predict();  // the first one pays for memory and caches
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

}  // namespace host::training
