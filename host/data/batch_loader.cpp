#include "host/data/batch_loader.h"

#include <utility>

#include <spdlog/fmt/fmt.h>

#include "host/base/errors.h"
#include "host/base/libtorch.h"
#include "host/data/batch_tensors.h"
#include "host/plugin/call.h"

namespace host::data {

namespace {

// Loaded batches that wait for next(), besides those being loaded.
constexpr int64_t kBatchesWaiting = 3;

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

BatchLoader::BatchLoader(BatchSource source, int64_t first, int64_t end, int64_t threads)
    : source_(std::move(source)),
      end_(end),
      ahead_((threads + kBatchesWaiting) * source_.step),
      is_alone_(threads == 1),
      next_(first),
      started_(first) {
  for (int64_t i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

BatchLoader::~BatchLoader() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

sla::Batch BatchLoader::next() { return std::move(next_parts().own.at(0).batch); }

Parts BatchLoader::next_parts() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return loaded_.contains(next_); });
  Loaded& loaded = loaded_.at(next_);
  if (loaded.failure) std::rethrow_exception(loaded.failure);
  Parts parts = std::move(*loaded.parts);
  loaded_.erase(next_);
  next_ += source_.step;
  changed_.notify_all();
  return parts;
}

void BatchLoader::work() {
  // Threads that load in parallel need no others for a copy or an index.
  if (!is_alone_) libtorch::compute_in_this_thread_alone();
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock,
                  [this] { return stopping_ || started_ >= end_ || started_ < next_ + ahead_; });
    if (stopping_ || started_ >= end_) return;
    const int64_t number = std::exchange(started_, started_ + source_.step);
    lock.unlock();
    Loaded loaded = try_to_load(number);
    lock.lock();
    loaded_.emplace(number, std::move(loaded));
    changed_.notify_all();
  }
}

BatchLoader::Loaded BatchLoader::try_to_load(int64_t number) {
  try {
    return {load(number), nullptr};
  } catch (...) {
    return {std::nullopt, std::current_exception()};
  }
}

Parts BatchLoader::load(int64_t number) {
  const sla::Draw draw = [&] {
    const std::lock_guard lock(drawing_);
    return source_.sampler->draw(number);
  }();
  if (source_.copies > 1 && draw.episodes) {
    throw ExperimentError(plugin::subject(source_.dataset.origin()) +
                          " draws few-shot episodes, which hold each image once; the objective "
                          "asks for copies of each image");
  }
  const Division& division = source_.division;
  if (draw.episodes && draw.episodes->episodes < division.parts) {
    throw ExperimentError(fmt::format(
        "a batch of {} episodes cannot be cut into {} parts (training.accumulate, --processes): an "
        "episode stays whole",
        draw.episodes->episodes, division.parts));
  }
  Parts parts;
  parts.images = draw.indices.numel() * source_.copies;
  parts.some_empty = draw.indices.numel() < division.parts;
  for (int64_t n = division.first; n < division.first + division.own; ++n) {
    DrawPart part = part_of(draw, n, division.parts);
    if (part.draw.indices.numel() == 0) break;
    parts.own.push_back({n, load_part(number, std::move(part))});
  }
  return parts;
}

sla::Batch BatchLoader::load_part(int64_t number, DrawPart part) {
  sla::Draw& draw = part.draw;
  if (source_.copies > 1) repeat(draw, source_.copies);
  const auto random = sla::BatchRandom::consecutive(
      source_.random.child(number), part.begin * source_.copies, draw.indices.numel());
  // The dataset's random numbers are independent of the augmentations'.
  sla::Batch batch =
      source_.dataset.batch({source_.split, draw.indices, source_.augment, random.child(kDataset)});
  batch.annotations.merge(draw.annotations);
  if (!draw.annotations.empty()) {
    throw PluginError(plugin::subject(source_.dataset.origin()) +
                      ": its sampler adds the annotation '" + draw.annotations.begin()->first +
                      "', which its batches have already; rename one of them");
  }
  batch.episodes = draw.episodes;
  if (source_.augment) source_.augmentations.apply(batch, random);
  if (source_.pin_memory) {
    for_each_tensor(batch, [](at::Tensor& tensor) { tensor = tensor.pin_memory(); });
  }
  return batch;
}

}  // namespace host::data
