#include <sla/augmentation.h>
#include <sla/plugin.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include <ATen/Dispatch.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/full.h>

#include "beta.h"

namespace {

/// Mixes pairs of images: each with the one at its position in a random permutation. The pairs, the
/// probability's outcome and the share are drawn once for each part of a batch.
class Mixing : public sla::Augmentation {
 public:
  bool mixes_labels() const final { return true; }

  void apply(sla::Batch& batch, const sla::BatchRandom& random) const final {
    auto part = random.part();
    const auto partners = permutation(batch.labels.numel(), part);
    double share = 1;
    if (part.uniform() < probability_) {
      const auto others = batch.images.index_select(0, partners);
      share = mix(batch.images, others, mixing::symmetric_beta(alpha_, part), part);
    }
    batch.mixed = {batch.labels.index_select(0, partners), at::full({}, share, at::kDouble)};
  }

 protected:
  static std::vector<sla::Parameter> parameters_of_mixing() {
    return {{.name = "alpha",
             .default_value = 1.0,
             .help = "the images' share is drawn from Beta(alpha, alpha)",
             .minimum = 1e-3,
             .maximum = 1e3},
            {.name = "probability",
             .default_value = 1.0,
             .help = "probability to mix a batch",
             .minimum = 0,
             .maximum = 1}};
  }

  explicit Mixing(const sla::Parameters& parameters)
      : alpha_(parameters.number("alpha")), probability_(parameters.number("probability")) {}

 private:
  /// Mixes `others` into `images`, both [B, C, H, W], with about `share` of the images left;
  /// returns the exact share.
  virtual double mix(const at::Tensor& images, const at::Tensor& others, double share,
                     sla::RandomStream& random) const = 0;

  static at::Tensor permutation(int64_t size, sla::RandomStream& random) {
    const auto order = at::arange(size, at::kLong);
    auto* position = order.data_ptr<int64_t>();
    for (int64_t last = size - 1; last > 0; --last) {
      std::swap(position[last], position[random.below(last + 1)]);
    }
    return order;
  }

  double alpha_;
  double probability_;
};

/// mixup (Zhang et al., ICLR 2018): share * image + (1 - share) * other image; bytes are rounded.
class Mixup final : public Mixing {
 public:
  static std::vector<sla::Parameter> parameters() { return parameters_of_mixing(); }
  Mixup(const sla::Parameters& parameters, sla::Host&) : Mixing(parameters) {}

 private:
  double mix(const at::Tensor& images, const at::Tensor& others, double share,
             sla::RandomStream&) const override {
    AT_DISPATCH_FLOATING_TYPES_AND(at::kByte, images.scalar_type(), "mixup", [&] {
      using Real = std::conditional_t<std::is_same_v<scalar_t, uint8_t>, float, scalar_t>;
      const Real rounding = std::is_same_v<scalar_t, uint8_t> ? 0.5 : 0;
      const auto own = static_cast<Real>(share);
      const auto rest = static_cast<Real>(1 - share);
      auto* pixel = images.data_ptr<scalar_t>();
      const auto* other = others.data_ptr<scalar_t>();
      const int64_t count = images.numel();
      for (int64_t i = 0; i < count; ++i) {
        pixel[i] = static_cast<scalar_t>(own * pixel[i] + rest * other[i] + rounding);
      }
    });
    return share;
  }
};

/// CutMix (Yun et al., ICCV 2019): a box of the other image, around a uniformly random pixel, whose
/// sides are sqrt(1 - share) of the image's (equation 2). What lies outside the image is clipped,
/// and the share of the labels is that of the pixels that stayed.
class CutMix final : public Mixing {
 public:
  static std::vector<sla::Parameter> parameters() { return parameters_of_mixing(); }
  CutMix(const sla::Parameters& parameters, sla::Host&) : Mixing(parameters) {}

 private:
  double mix(const at::Tensor& images, const at::Tensor& others, double share,
             sla::RandomStream& random) const override {
    const auto [top, bottom] = clipped_side(images.size(2), share, random);
    const auto [left, right] = clipped_side(images.size(3), share, random);
    const auto box = [&, top = top, bottom = bottom, left = left,
                      right = right](const at::Tensor& of) {
      return of.slice(2, top, bottom).slice(3, left, right);
    };
    box(images).copy_(box(others));
    const auto area = static_cast<double>((bottom - top) * (right - left));
    return 1 - area / static_cast<double>(images.size(2) * images.size(3));
  }

  /// Where the box begins and ends along a side of `size` pixels.
  static std::pair<int64_t, int64_t> clipped_side(int64_t size, double share,
                                                  sla::RandomStream& random) {
    const auto length = static_cast<int64_t>(static_cast<double>(size) * std::sqrt(1 - share));
    const int64_t begin = random.below(size) - length / 2;
    return {std::max<int64_t>(0, begin), std::min(size, begin + length)};
  }
};

}  // namespace

SLA_PLUGIN("1.0.0",
           sla::component<Mixup>("mixup", "mixup: weighted means of pairs of images and labels"),
           sla::component<CutMix>("cutmix", "CutMix: a box of another image, labels by area"))
