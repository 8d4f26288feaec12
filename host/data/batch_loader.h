#pragma once

#include <sla/batch.h>
#include <sla/random.h>
#include <sla/sampler.h>

#include <condition_variable>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>

#include "host/data/augmentations.h"
#include "host/plugin/dataset.h"

namespace host::data {

/// Where and how a loader gets its batches.
struct BatchSource {
  plugin::Dataset dataset;
  sla::Split split;
  std::shared_ptr<const sla::Sampler> sampler;
  /// Whether batches are for training: the dataset may crop at random, augmentations apply, and
  /// each image is repeated `copies` times.
  bool augment = false;
  Augmentations augmentations{{}};
  int64_t copies = 1;
  /// Child n is batch n's random stream.
  sla::RandomStream random{0};
  /// Whether to put batches into pinned memory, for asynchronous copies to a GPU.
  bool pin_memory = false;
};

/// Prefetches batches `first` to `end` - 1 in its own thread. A batch's images and augmentations
/// depend on its number alone.
class BatchLoader {
 public:
  BatchLoader(BatchSource source, int64_t first, int64_t end);
  ~BatchLoader();
  BatchLoader(const BatchLoader&) = delete;
  BatchLoader& operator=(const BatchLoader&) = delete;

  /// The next batch. Rethrows an exception of the loading thread at the batch that caused it.
  sla::Batch next();

 private:
  void work(int64_t first, int64_t end);
  sla::Batch load(int64_t number) const;

  BatchSource source_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<sla::Batch> ready_;
  std::exception_ptr failure_;
  bool stopping_ = false;
  std::thread thread_;  // last: it uses all members above
};

}  // namespace host::data
