#pragma once

#include <sla/batch.h>
#include <sla/random.h>
#include <sla/sampler.h>

#include <condition_variable>
#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "host/data/augmentations.h"
#include "host/data/division.h"
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
  /// Which parts of each batch to load.
  Division division = {};
  /// Which batches: every `step`-th.
  int64_t step = 1;
  /// Whether to put batches into pinned memory, for asynchronous copies to a GPU.
  bool pin_memory = false;
};

/// Prefetches every `source.step`-th batch from `first` to `end` - 1, each in one of several
/// threads. A batch's images and augmentations depend on its number alone.
class BatchLoader {
 public:
  BatchLoader(BatchSource source, int64_t first, int64_t end, int64_t threads = 1);
  ~BatchLoader();
  BatchLoader(const BatchLoader&) = delete;
  BatchLoader& operator=(const BatchLoader&) = delete;

  /// This process's parts of the next batch, in the order of the numbers. Rethrows an exception of
  /// the loading thread at the batch that caused it.
  Parts next_parts();

  /// The next batch of a loader whose batches have one part.
  sla::Batch next();

 private:
  /// A batch, or why there is none.
  struct Loaded {
    std::optional<Parts> parts;
    std::exception_ptr failure;
  };

  void work();
  Loaded try_to_load(int64_t number);
  Parts load(int64_t number);
  sla::Batch load_part(int64_t number, DrawPart part);

  BatchSource source_;
  int64_t end_;
  int64_t ahead_;       // how many batches may be loaded or loading
  bool is_alone_;       // whether there is one thread
  std::mutex drawing_;  // samplers draw one batch at a time
  std::mutex mutex_;    // of all below
  std::condition_variable changed_;
  int64_t next_;     // the batch that next() returns
  int64_t started_;  // the first batch that no thread has begun
  std::map<int64_t, Loaded> loaded_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;  // last: they use all members above
};

}  // namespace host::data
