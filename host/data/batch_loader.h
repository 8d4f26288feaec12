#pragma once

#include <sla/batch.h>
#include <sla/dataset.h>
#include <sla/random.h>
#include <sla/sampler.h>

#include <condition_variable>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>

#include "host/experiment/options.h"
#include "host/plugin/factory.h"

namespace host::data {

/// What a loader reads from.
struct BatchSource {
  plugin::Component<sla::Dataset> dataset;
  sla::Split split;
  std::shared_ptr<const sla::Sampler> sampler;
  /// Applied to training images; empty options change nothing.
  experiment::AugmentationOptions augmentation;
  sla::RandomStream augmentation_random{0};
  /// Whether batches are put into page-locked memory, from which a GPU copies on its own.
  bool pin_memory = false;
};

/// Prepares batches `first` to `end` - 1 ahead of their use, in a thread of its own. Which images
/// and which augmentation a batch gets depends on its number alone.
class BatchLoader {
 public:
  BatchLoader(BatchSource source, int64_t first, int64_t end);
  ~BatchLoader();
  BatchLoader(const BatchLoader&) = delete;
  BatchLoader& operator=(const BatchLoader&) = delete;

  /// The next batch. Throws what the loading thread met, at the batch where it met it.
  sla::Batch next();

 private:
  void work(int64_t first, int64_t end);
  sla::Batch load(int64_t number) const;

  BatchSource source_;
  sla::ImageShape shape_;
  int64_t size_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<sla::Batch> ready_;
  std::exception_ptr failure_;
  bool stopping_ = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace host::data
