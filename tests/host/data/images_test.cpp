#include <ATen/ops/arange.h>

#include "host/base/errors.h"
#include "host/data/normalisation.h"
#include "tests/catch.h"
#include "tests/support/assemblies.h"

using namespace host::data;

TEST_CASE("normalised bytes are (x / 255 - mean) / std, channels last", "[data]") {
  const auto images = at::arange(2 * 3 * 2 * 2, at::kInt).to(at::kByte).view({2, 3, 2, 2});
  const Normalisation normalisation({{0.1, 0.2, 0.3}, {0.5, 0.4, 0.2}}, 3, at::kDouble, at::kCPU);
  const auto normalised = normalisation(images);
  CHECK(normalised.is_contiguous(at::MemoryFormat::ChannelsLast));
  // Byte 13 is image 1, channel 0, pixel (0, 1); byte 23 the last of channel 2.
  CHECK(normalised[1][0][0][1].item<double>() == Approx((13 / 255.0 - 0.1) / 0.5));
  CHECK(normalised[1][2][1][1].item<double>() == Approx((23 / 255.0 - 0.3) / 0.2));
  const auto from_floats = normalisation(images.to(at::kDouble) / 255);
  CHECK(tests::distance(normalised, from_floats) < 1e-12);
  CHECK_THROWS_WITH(Normalisation({{0.1, 0.2}, {0.5}}, 3, at::kFloat, at::kCPU),
                    ContainsSubstring("mean has 2 values, the dataset's images have 3 channels"));
}
