#include "host/distributed/gradient_sum.h"

#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/function_hook.h>
#include <torch/csrc/autograd/variable.h>

#include <algorithm>
#include <functional>
#include <memory>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/zeros.h>

namespace host::distributed {

namespace {

// A few buckets, so that most are summed while others are computed; none so small that its latency
// counts, or so large that the last one has to be waited for.
constexpr int64_t kBuckets = 8;
constexpr int64_t kSmallest = int64_t{1} << 18;
constexpr int64_t kLargest = int64_t{25} << 20;

/// Calls a function after a parameter's gradient is complete.
class AfterGradient final : public torch::autograd::FunctionPostHook {
 public:
  explicit AfterGradient(std::function<void()> call) : call_(std::move(call)) {}

  torch::autograd::variable_list operator()(const torch::autograd::variable_list& outputs,
                                            const torch::autograd::variable_list&) override {
    call_();
    return outputs;
  }

 private:
  std::function<void()> call_;
};

int64_t bytes_of(const at::Tensor& tensor) { return tensor.numel() * tensor.element_size(); }

}  // namespace

int64_t bucket_bytes(const std::vector<at::Tensor>& parameters) {
  int64_t total = 0;
  for (const at::Tensor& parameter : parameters) total += bytes_of(parameter);
  return std::clamp(total / kBuckets, kSmallest, kLargest);
}

/// The gradients of some parameters, one after another.
struct GradientSum::Bucket {
  std::vector<size_t> parameters;
  std::vector<int64_t> offsets;
  int64_t numbers = 0;
  at::Tensor content;
  size_t filled = 0;
  std::function<void()> wait;

  /// The gradient at `place`, laid out in memory like its parameter.
  at::Tensor part(size_t place, const at::Tensor& parameter) const {
    return content.as_strided(parameter.sizes(), parameter.strides(), offsets[place]);
  }
};

GradientSum::GradientSum(const Group& group, std::vector<at::Tensor> parameters)
    : group_(group),
      parameters_(std::move(parameters)),
      places_(parameters_.size()),
      filled_(parameters_.size()) {
  if (group_.size() == 1) return;
  const int64_t size = bucket_bytes(parameters_);
  for (size_t n = parameters_.size(); n-- > 0;) {
    const at::Tensor& parameter = parameters_[n];
    const bool fits =
        !buckets_.empty() &&
        (buckets_.back().numbers * parameter.element_size()) + bytes_of(parameter) <= size &&
        parameters_[buckets_.back().parameters.front()].options().type_equal(parameter.options());
    if (!fits) buckets_.emplace_back();
    Bucket& bucket = buckets_.back();
    places_[n] = {buckets_.size() - 1, bucket.parameters.size()};
    bucket.parameters.push_back(n);
    bucket.offsets.push_back(bucket.numbers);
    bucket.numbers += parameter.numel();
    auto accumulator = torch::autograd::impl::grad_accumulator(parameter);
    accumulator->add_post_hook(std::make_unique<AfterGradient>([this, n] { fill(n); }));
    accumulators_.emplace_back(std::move(accumulator));
  }
  for (Bucket& bucket : buckets_) {
    const at::Tensor& any = parameters_[bucket.parameters.front()];
    bucket.content = at::zeros({bucket.numbers}, any.detach().options());
  }
}

GradientSum::~GradientSum() = default;

void GradientSum::begin() {
  for (Bucket& bucket : buckets_) {
    bucket.filled = 0;
    bucket.content.zero_();
  }
  std::fill(filled_.begin(), filled_.end(), 0);
  started_ = 0;
  active_ = true;
}

void GradientSum::fill(size_t parameter) {
  if (!active_) return;
  const at::NoGradGuard no_grad;
  const auto [number, place] = places_[parameter];
  Bucket& bucket = buckets_[number];
  bucket.part(place, parameters_[parameter]).copy_(parameters_[parameter].grad());
  filled_[parameter] = 1;
  ++bucket.filled;
  start_full_buckets();
}

void GradientSum::start_full_buckets() {
  // In one order, the same in every process.
  while (started_ < buckets_.size() &&
         buckets_[started_].filled == buckets_[started_].parameters.size()) {
    buckets_[started_].wait = group_.start_sum(buckets_[started_].content);
    ++started_;
  }
}

void GradientSum::finish() {
  if (group_.size() == 1) return;
  const at::NoGradGuard no_grad;
  // Of earlier parts of the batch only, or none at all.
  for (size_t n = 0; n < parameters_.size(); ++n) {
    if (filled_[n] == 0 && parameters_[n].grad().defined()) fill(n);
  }
  active_ = false;
  for (; started_ < buckets_.size(); ++started_) {
    buckets_[started_].wait = group_.start_sum(buckets_[started_].content);
  }
  const auto exists = group_.maximum(filled_);
  for (Bucket& bucket : buckets_) {
    bucket.wait();
    for (size_t place = 0; place < bucket.parameters.size(); ++place) {
      const size_t n = bucket.parameters[place];
      if (exists[n] != 0) parameters_[n].mutable_grad() = bucket.part(place, parameters_[n]);
    }
  }
}

}  // namespace host::distributed
