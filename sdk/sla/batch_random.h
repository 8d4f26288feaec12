#pragma once

#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include "sla/random.h"

namespace sla {

/// The random numbers of one batch. Each image has its own stream, determined by its position in
/// the *global* batch, so its augmentation depends neither on how the batch is divided among
/// processes nor on the number of loading threads. Choices about several images at once (part())
/// do depend on the division.
class BatchRandom {
 public:
  /// `stream` is the global batch's; `places` are the positions of this part's rows in that batch.
  BatchRandom(RandomStream stream, std::vector<int64_t> places)
      : stream_(stream), places_(std::move(places)) {}

  /// A whole batch of `images` images.
  static BatchRandom whole(RandomStream stream, int64_t images) {
    return consecutive(stream, 0, images);
  }

  /// `images` consecutive images of a batch, from position `first` on.
  static BatchRandom consecutive(RandomStream stream, int64_t first, int64_t images) {
    std::vector<int64_t> places(static_cast<size_t>(images));
    std::iota(places.begin(), places.end(), first);
    return {stream, std::move(places)};
  }

  /// The stream of the image in row `b`.
  RandomStream image(int64_t b) const { return stream_.child(places_.at(static_cast<size_t>(b))); }

  /// The stream for random choices about these images as a whole, such as how to mix them. Each
  /// part of a divided batch has its own.
  RandomStream part() const {
    return stream_.child("part").child(places_.empty() ? 0 : places_.front());
  }

  /// The same images with independent random numbers, for another purpose.
  BatchRandom child(int64_t purpose) const { return {stream_.child(purpose), places_}; }

  /// A subset of the images: `rows` of this part, in that order. A derived dataset passes this to
  /// its source, so that each image keeps its random numbers.
  BatchRandom rows(const std::vector<int64_t>& rows) const {
    std::vector<int64_t> places;
    places.reserve(rows.size());
    for (const int64_t row : rows) places.push_back(places_.at(static_cast<size_t>(row)));
    return {stream_, std::move(places)};
  }

 private:
  RandomStream stream_;
  std::vector<int64_t> places_;
};

}  // namespace sla
