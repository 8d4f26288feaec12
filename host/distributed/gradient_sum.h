#pragma once

#include <ATen/core/Tensor.h>

#include <any>
#include <cstdint>
#include <utility>
#include <vector>

#include "host/distributed/group.h"

namespace host::distributed {

/// The size of the buckets for these parameters. It decides how sums of more than two processes are
/// rounded.
int64_t bucket_bytes(const std::vector<at::Tensor>& parameters);

/// Adds the gradients of all processes while the backward pass still computes others: gradients are
/// copied into buckets, those of the last parameters first, and the sum of a bucket starts once it
/// is full. In a group of one everything does nothing.
class GradientSum {
 public:
  /// `group` must outlive this object.
  GradientSum(const Group& group, std::vector<at::Tensor> parameters);
  ~GradientSum();
  GradientSum(const GradientSum&) = delete;
  GradientSum& operator=(const GradientSum&) = delete;

  /// Call before the backward pass that completes a step's gradients.
  void begin();

  /// Call after it: waits for the sums and gives them to the parameters. A parameter without a
  /// gradient in any process then has none. Throws LostProcess.
  void finish();

 private:
  struct Bucket;

  void fill(size_t parameter);
  void start_full_buckets();

  const Group& group_;
  std::vector<at::Tensor> parameters_;
  std::vector<Bucket> buckets_;
  /// The bucket of each parameter, and its place in it.
  std::vector<std::pair<size_t, size_t>> places_;
  /// Whether this process has the gradient of each parameter in its bucket.
  std::vector<int64_t> filled_;
  /// Pointers that keep the hooks of the parameters alive, of a type that depends on LibTorch.
  std::vector<std::any> accumulators_;
  size_t started_ = 0;
  bool active_ = false;
};

}  // namespace host::distributed
