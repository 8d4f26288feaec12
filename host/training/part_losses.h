#pragma once

#include <sla/loss.h>

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "host/data/division.h"
#include "host/distributed/group.h"

namespace host::training {

/// The losses of the parts of a global batch, those of other processes included, put together. Each
/// term's mean over the batch is the mean of the parts' means, weighted by their weights.
class PartLosses {
 public:
  /// For the parts of this process, whose losses are on `device`.
  PartLosses(const distributed::Group& group, const data::Parts& parts, at::Device device);

  /// Adds the loss of the next part of this process. Returns what this part adds to the loss of the
  /// batch, to be differentiated; undefined if that depends on the weights of all parts. Throws
  /// PluginError if the loss has other terms than that of an earlier part.
  at::Tensor add(sla::Loss loss);

  /// After the last part: the same for the parts that add() could not tell it of.
  std::vector<at::Tensor> remaining();

  /// After that: the loss of the whole batch, without graph.
  sla::Loss whole();

 private:
  /// The names of a loss's terms and logged values.
  struct Layout {
    std::vector<std::string> terms;
    std::vector<std::string> logged;
    /// Whether a term has a weight other than its number of images.
    bool is_weighted = false;
  };

  static Layout layout_of(const sla::Loss& loss);
  /// If a process may have no part: the layout of the first one.
  void agree_on_layout();
  /// What part `number` adds, with shares [terms] of each of its terms.
  at::Tensor contribution(size_t number, const at::Tensor& shares);
  at::Tensor zeros(size_t count) const;

  const distributed::Group& group_;
  const data::Parts& parts_;
  at::Device device_;
  Layout layout_;
  std::vector<sla::Loss> losses_;
  /// The sum over the parts of this process: terms, then logged values; float64.
  at::Tensor sum_;
};

}  // namespace host::training
