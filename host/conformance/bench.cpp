#include "host/conformance/bench.h"

#include <utility>

#include <ATen/ops/randn.h>

#include "host/conformance/module_state.h"
#include "host/conformance/probes.h"
#include "host/data/batch_tensors.h"

namespace host::conformance {

std::shared_ptr<sla::Objective> objective_of(Subject& subject, const sla::Parameters& parameters,
                                             sla::Model& model, int64_t transformations,
                                             int64_t seed) {
  const sla::Task task{.classes = Subject::kClasses,
                       .transformations = transformations,
                       .class_counts = {500, 200, 100, 50, 20, 10},
                       .class_names = {"a", "b", "c", "d", "e", "f"}};
  at::manual_seed(static_cast<uint64_t>(seed));
  return subject.make<sla::Objective, const sla::Task&, sla::Model&>(parameters, task, model);
}

void Bench::keep(int64_t images) {
  const int64_t copies = images * objective->needs().copies;
  batch.episodes.reset();
  data::for_each_tensor(batch, [&](at::Tensor& tensor) { tensor = tensor.narrow(0, 0, copies); });
  for (at::Tensor* rows : {&all_rows, &inputs, &maps}) {
    *rows = rows->narrow(0, 0, copies * transformations);
  }
}

Bench bench_of(Subject& subject, int64_t transformations, at::ScalarType dtype, int64_t seed) {
  auto model = probe_model(Bench::kFeatures);
  auto objective = objective_of(subject, subject.parameters(), *model, transformations, seed);
  convert(*objective, dtype);
  auto batch = probe_batch(Subject::kClasses);
  subject.annotate(batch);
  const int64_t rows = batch.labels.numel() * transformations;
  at::manual_seed(3);
  auto features = at::randn({rows, Bench::kFeatures}, at::kDouble).to(dtype).requires_grad_();
  auto inputs = at::randn({rows, 3, 32, 32}, at::kDouble).to(dtype);
  auto maps = at::randn({rows, kMapChannels, 4, 4}, at::kDouble).to(dtype);
  return {std::move(model),  std::move(objective), std::move(batch), features,
          std::move(inputs), std::move(maps),      transformations};
}

}  // namespace host::conformance
