#include "host/data/batch_loader.h"

#include <utility>

#include "host/base/errors.h"
#include "host/data/batch_tensors.h"

namespace host::data {

namespace {

constexpr size_t kBatchesAhead = 3;

// The dataset's child stream of a batch's random stream; the augmentations use 0 and up.
constexpr int64_t kDataset = -1;

/// Repeats each image `copies` times in a row.
void repeat(sla::Draw& draw, int64_t copies) {
  draw.indices = draw.indices.repeat_interleave(copies);
  for (auto& [name, annotation] : draw.annotations) {
    annotation = annotation.repeat_interleave(copies, /*dim=*/0);
  }
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
  if (source_.copies > 1) {
    if (draw.episodes) {
      throw ExperimentError(plugin::subject(source_.dataset.origin()) +
                            " draws few-shot episodes, which hold each image once; the objective "
                            "asks for copies of each image");
    }
    repeat(draw, source_.copies);
  }
  const auto random = sla::BatchRandom::whole(source_.random.child(number), draw.indices.numel());
  // The dataset's random numbers are independent of the augmentations'.
  sla::Batch batch =
      source_.dataset.batch({source_.split, draw.indices, source_.augment, random.child(kDataset)});
  batch.annotations.merge(draw.annotations);
  batch.episodes = draw.episodes;
  if (source_.augment) source_.augmentations.apply(batch, random);
  if (source_.pin_memory) {
    for_each_tensor(batch, [](at::Tensor& tensor) { tensor = tensor.pin_memory(); });
  }
  return batch;
}

}  // namespace host::data
