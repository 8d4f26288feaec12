#include "blur.h"

#include <ATen/Dispatch.h>
#include <sla/error.h>

#include <cmath>
#include <string>
#include <type_traits>
#include <vector>

namespace gaussian_blur {

namespace {

/// The weights of a pixel and of its neighbours at distances 1, 2, ...; the sum over both sides is
/// 1.
template <typename Real>
std::vector<Real> weights(int64_t kernel, double sigma) {
  std::vector<double> exact;
  double sum = -1;  // the centre counts once
  for (int64_t d = 0; d <= kernel / 2; ++d) {
    const double distance = static_cast<double>(d) / sigma;
    exact.push_back(std::exp(-distance * distance / 2));
    sum += 2 * exact.back();
  }
  std::vector<Real> normalised;
  for (const double weight : exact) normalised.push_back(static_cast<Real>(weight / sum));
  return normalised;
}

/// `i` reflected into 0..size-1, without repeating the border.
int64_t reflected(int64_t i, int64_t size) {
  return i < 0 ? -i : (i >= size ? 2 * (size - 1) - i : i);
}

/// Blurs one plane along x into `rows`, which holds floating point.
template <typename T, typename Real>
void blur_rows(const T* plane, std::vector<Real>& rows, int64_t height, int64_t width,
               const std::vector<Real>& weight) {
  const int64_t radius = std::ssize(weight) - 1;
  std::vector<Real> padded(static_cast<size_t>(width + 2 * radius));
  for (int64_t y = 0; y < height; ++y) {
    const T* row = plane + y * width;
    for (int64_t x = -radius; x < width + radius; ++x) {
      padded[static_cast<size_t>(x + radius)] = static_cast<Real>(row[reflected(x, width)]);
    }
    const Real* centre = padded.data() + radius;
    Real* out = rows.data() + y * width;
    for (int64_t x = 0; x < width; ++x) out[x] = weight[0] * centre[x];
    for (int64_t d = 1; d <= radius; ++d) {
      const Real share = weight[static_cast<size_t>(d)];
      for (int64_t x = 0; x < width; ++x) out[x] += share * (centre[x - d] + centre[x + d]);
    }
  }
}

/// Blurs `rows` along y into the plane.
template <typename T, typename Real>
void blur_columns(const std::vector<Real>& rows, T* plane, int64_t height, int64_t width,
                  const std::vector<Real>& weight) {
  std::vector<Real> sum(static_cast<size_t>(width));
  const Real rounding = std::is_same_v<T, uint8_t> ? 0.5 : 0;
  const auto row = [&](int64_t y) { return rows.data() + reflected(y, height) * width; };
  for (int64_t y = 0; y < height; ++y) {
    const Real* centre = row(y);
    Real* out = sum.data();
    for (int64_t x = 0; x < width; ++x) out[x] = weight[0] * centre[x];
    for (int64_t d = 1; d < std::ssize(weight); ++d) {
      const Real* above = row(y - d);
      const Real* below = row(y + d);
      const Real share = weight[static_cast<size_t>(d)];
      for (int64_t x = 0; x < width; ++x) out[x] += share * (above[x] + below[x]);
    }
    T* pixels = plane + y * width;
    for (int64_t x = 0; x < width; ++x) pixels[x] = static_cast<T>(out[x] + rounding);
  }
}

}  // namespace

void blur(const at::Tensor& image, int64_t kernel, double sigma) {
  const int64_t height = image.size(1);
  const int64_t width = image.size(2);
  if (kernel / 2 >= std::min(height, width)) {
    throw sla::Error("a kernel of " + std::to_string(kernel) + " pixels reflects images of " +
                     std::to_string(height) + "x" + std::to_string(width) +
                     " more than once; choose a smaller kernel");
  }
  AT_DISPATCH_FLOATING_TYPES_AND(at::kByte, image.scalar_type(), "gaussian_blur", [&] {
    using Real = std::conditional_t<std::is_same_v<scalar_t, uint8_t>, float, scalar_t>;
    const auto weight = weights<Real>(kernel, sigma);
    std::vector<Real> rows(static_cast<size_t>(height * width));
    auto* plane = image.data_ptr<scalar_t>();
    for (int64_t c = 0; c < image.size(0); ++c, plane += height * width) {
      blur_rows(plane, rows, height, width, weight);
      blur_columns(rows, plane, height, width, weight);
    }
  });
}

}  // namespace gaussian_blur
