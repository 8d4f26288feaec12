#include "host/plugin/unchanged.h"

#include <spdlog/fmt/fmt.h>

#include <ATen/ops/equal.h>

#include "host/base/errors.h"

namespace host::plugin {

Unchanged::Before Unchanged::remember(const at::Tensor& tensor) {
  Before before{tensor, tensor.unsafeGetTensorImpl()->version_counter().current_version(), {}};
  // An empty tensor shows nothing: compare at the next call instead.
  if (tensor.numel() > 0 && !compared_.exchange(true)) before.copy = tensor.clone();
  return before;
}

void Unchanged::check(const Before& before, std::string_view what, std::string_view function,
                      const Origin& origin) {
  const auto now = before.tensor.unsafeGetTensorImpl()->version_counter().current_version();
  const bool same =
      now == before.version && (!before.copy.defined() || at::equal(before.copy, before.tensor));
  if (same) return;
  // Not the last word if somebody goes on without: the next call is compared again.
  compared_ = false;
  throw PluginError(
      fmt::format("{}: {}() edited {} in place; it must leave them as they are, such "
                  "as by working on a clone()",
                  subject(origin), function, what));
}

}  // namespace host::plugin
