#include "host/data/batch_loader.h"

#include <utility>

#include "host/data/augmentation.h"
#include "host/plugin/contracts.h"

namespace host::data {

namespace {

constexpr size_t kBatchesAhead = 3;

}  // namespace

BatchLoader::BatchLoader(BatchSource source, int64_t first, int64_t end)
    : source_(std::move(source)),
      shape_(source_.dataset.call("image_shape", [](const auto& it) { return it.image_shape(); })),
      size_(source_.dataset.call("labels",
                                 [&](const auto& it) { return it.labels(source_.split).numel(); })),
      thread_([this, first, end] { work(first, end); }) {}

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
  plugin::check_draw(draw, size_, source_.dataset.origin);
  sla::Batch batch = source_.dataset.call("batch", [&](const sla::Dataset& dataset) {
    return dataset.batch(source_.split, draw.indices);
  });
  plugin::check_batch(batch, draw.indices.numel(), shape_, source_.dataset.origin);
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
