#include "host/data/batch_loader.h"

#include <sstream>
#include <string>
#include <utility>

#include "host/data/augmentation.h"
#include "host/errors.h"

namespace host::data {

namespace {

constexpr size_t kBatchesAhead = 3;

std::string describe(const at::Tensor& tensor) {
  if (!tensor.defined()) return "undefined";
  std::ostringstream text;
  text << tensor.sizes() << " " << tensor.scalar_type()
       << (tensor.is_contiguous() ? "" : ", not contiguous")
       << (tensor.is_cpu() ? "" : ", not on the CPU");
  return text.str();
}

/// Refuses a batch that the rest would misread. Looks at no value.
void check_layout(const sla::Batch& batch, int64_t size, const plugin::Origin& origin) {
  const auto& images = batch.images;
  const auto& labels = batch.labels;
  const bool images_fit = images.defined() && images.dim() == 4 && images.size(0) == size &&
                          images.is_contiguous() && images.is_cpu() &&
                          (images.scalar_type() == at::kByte || images.is_floating_point());
  const bool labels_fit = labels.defined() && labels.dim() == 1 && labels.size(0) == size &&
                          labels.is_cpu() && labels.scalar_type() == at::kLong;
  if (images_fit && labels_fit) return;
  const std::string count = std::to_string(size);
  throw PluginError(origin.location + ": plugin '" + origin.plugin + "', component '" +
                    origin.component + "', returned a batch with " +
                    (images_fit
                         ? "labels " + describe(labels) + "; expected [" + count + "] Long"
                         : "images " + describe(images) + "; expected [" + count +
                               ", C, H, W], Byte or floating point, contiguous, on the CPU"));
}

}  // namespace

BatchLoader::BatchLoader(BatchSource source, int64_t first, int64_t end)
    : source_(std::move(source)), thread_([this, first, end] { work(first, end); }) {}

BatchLoader::~BatchLoader() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

sla::Batch BatchLoader::next() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !ready_.empty() || failure_; });
  if (ready_.empty()) std::rethrow_exception(failure_);
  sla::Batch batch = std::move(ready_.front());
  ready_.pop_front();
  changed_.notify_all();
  return batch;
}

void BatchLoader::work(int64_t first, int64_t end) {
  try {
    for (int64_t number = first; number < end; ++number) {
      sla::Batch batch = load(number);
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return ready_.size() < kBatchesAhead || stopping_; });
      if (stopping_) return;
      ready_.push_back(std::move(batch));
      changed_.notify_all();
    }
  } catch (...) {
    const std::lock_guard lock(mutex_);
    failure_ = std::current_exception();
    changed_.notify_all();
  }
}

sla::Batch BatchLoader::load(int64_t number) const {
  sla::Draw draw = source_.sampler->draw(number);
  sla::Batch batch = source_.dataset.call("batch", [&](const sla::Dataset& dataset) {
    return dataset.batch(source_.split, draw.indices);
  });
  check_layout(batch, draw.indices.numel(), source_.dataset.origin);
  batch.annotations.merge(draw.annotations);
  batch.numbers.merge(draw.numbers);
  batch.images =
      augment(batch.images, source_.augmentation, source_.augmentation_random.child(number));
  if (source_.pin_memory) {
    batch.images = batch.images.pin_memory();
    batch.labels = batch.labels.pin_memory();
  }
  return batch;
}

}  // namespace host::data
