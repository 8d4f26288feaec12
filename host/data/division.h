#pragma once

#include <sla/batch.h>
#include <sla/sampler.h>

#include <cstdint>
#include <utility>
#include <vector>

namespace host::data {

/// How global batches are cut into parts, and which of them are this process's.
struct Division {
  /// Parts of each global batch.
  int64_t parts = 1;
  /// The first of this process's parts, and how many there are.
  int64_t first = 0;
  int64_t own = 1;
};

/// One part of a global batch.
struct Part {
  /// From 0 to Division::parts - 1.
  int64_t number = 0;
  /// At least one image.
  sla::Batch batch;
};

/// This process's parts of a global batch, in order, without those that have no images, because
/// the batch has fewer images (or episodes) than parts.
struct Parts {
  Parts() = default;
  /// A whole batch.
  Parts(sla::Batch batch) : images(batch.labels.numel()) {  // NOLINT: a batch is its only part
    own.push_back({0, std::move(batch)});
  }

  std::vector<Part> own;
  /// Images of the whole batch.
  int64_t images = 0;
  /// Whether a part of the whole batch has no images.
  bool some_empty = false;

  /// The share of the whole batch's images that `part` has.
  double share(const Part& part) const {
    return static_cast<double>(part.batch.labels.numel()) / static_cast<double>(images);
  }
};

/// Part `number` of `parts` of a draw: consecutive images, or consecutive episodes. Parts differ in
/// size by one image or episode at most; earlier parts are never empty if a later one is not.
struct DrawPart {
  sla::Draw draw;
  /// The position of its first image in the whole draw.
  int64_t begin = 0;
};
DrawPart part_of(const sla::Draw& draw, int64_t number, int64_t parts);

}  // namespace host::data
