#include "host/assembly/shared_statistics.h"

#include <sla/nn/detail/shared_statistics.h>
#include <spdlog/fmt/fmt.h>

#include <string>
#include <utility>

#include "host/base/errors.h"

namespace host::assembly {

namespace {

constexpr const char* kOurs = "sla::nn::BatchNorm";

/// Rejects modules that keep statistics of batches by other means.
void check_modules(const Network& network) {
  for (const auto& module : network.named_modules()) {
    const auto buffers = module.value()->named_buffers(/*recurse=*/false);
    if (!buffers.contains("running_mean") || module.value()->name() == kOurs) continue;
    throw ExperimentError(fmt::format(
        "training.sync_batch_norm works with {} only, but '{}' of {} is a {}; build the model with "
        "the former, or leave the setting out: each part of a batch then has its own statistics",
        kOurs, module.key(), plugin::subject(network.model().origin()), module.value()->name()));
  }
}

}  // namespace

SharedStatistics::SharedStatistics(const Network& network,
                                   std::shared_ptr<const distributed::Group> group)
    : library_(torch::Library::DEF, "sla_host", c10::nullopt, __FILE__, __LINE__) {
  check_modules(network);
  using sla::nn::detail::kSumOverProcesses;
  library_.def(fmt::format("{}(Tensor x) -> Tensor", kSumOverProcesses).c_str());
  library_.impl(kSumOverProcesses,
                torch::dispatch(c10::DispatchKey::CompositeExplicitAutograd,
                                [group = std::move(group), shares = shares_](const at::Tensor& x) {
                                  at::Tensor sum = x.detach().clone();
                                  if (*shares) group->sum(sum);
                                  return sum;
                                }));
}

}  // namespace host::assembly
