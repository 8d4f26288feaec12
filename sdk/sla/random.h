#pragma once

#include <cstdint>
#include <string_view>

namespace sla {

/// A random stream determined by its key alone: SplitMix64 (Steele, Lea, Flood, OOPSLA 2014). The
/// same numbers on every machine and with any number of threads. Cheap to construct, so
/// make one for everything that must be reproducible on its own (an iteration, episode, image).
class RandomStream {
 public:
  /// The stream of a key; equal keys give equal streams.
  explicit RandomStream(uint64_t key) : key_(mix(key)), state_(key_) {}

  /// An independent child stream named `name`; it does not depend on the numbers drawn from this
  /// stream so far.
  RandomStream child(std::string_view name) const {
    uint64_t hash = 0xcbf29ce484222325U;  // FNV-1a
    for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    return RandomStream(key_ ^ hash);
  }

  /// An independent child stream numbered `index`, for instance for one iteration.
  RandomStream child(int64_t index) const {
    return RandomStream(key_ + kGolden * (static_cast<uint64_t>(index) + 1));
  }

  /// 64 uniformly distributed bits.
  uint64_t next() { return mix(state_ += kGolden); }

  /// A uniform integer in [0, bound); `bound` >= 1. The bias is below bound / 2^64.
  int64_t below(int64_t bound) {
    return static_cast<int64_t>((static_cast<Wide>(next()) * static_cast<Wide>(bound)) >> 64U);
  }

  /// A uniform number in [0, 1).
  double uniform() { return static_cast<double>(next() >> 11U) * 0x1p-53; }

 private:
  __extension__ typedef unsigned __int128 Wide;  // NOLINT(modernize-use-using): nvcc
  static constexpr uint64_t kGolden = 0x9e3779b97f4a7c15U;

  static constexpr uint64_t mix(uint64_t z) {
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
  }

  uint64_t key_;
  uint64_t state_;
};

}  // namespace sla
