#include "sla/nn/detail/winograd.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <array>

#include "sla/nn/detail/kernel_choice.h"
#include "sla/nn/detail/visit_type.h"
#include "sla/nn/detail/winograd_kernels.h"
#include "sla/nn/detail/winograd_weights.h"
#include "sla/parallel.h"

namespace sla::nn::detail {

namespace {

/// A weight gradient is added up in pieces of the batch, whose number depends on the shape alone,
/// so that results do not depend on the number of threads. If many pieces would take too much
/// memory, ranges of channels are further tasks.
constexpr int64_t kTasks = 16;
constexpr int64_t kPiecesBytes = int64_t{64} << 20;
/// At least; fewer would spend their time on writing the sums.
constexpr int64_t kBlocksOfPiece = 4;

/// Channels of a convolution with this input, and its outputs if the stride were 1.
struct Shape {
  Shape(const at::Tensor& x, const at::Tensor& weight)
      : in(weight.size(1)), out(weight.size(0)), grid{x.size(0), x.size(2), x.size(3)} {}

  int64_t in;
  int64_t out;
  Grid grid;
  int64_t blocks() const { return (grid.tiles() + kTiles - 1) / kTiles; }
};

int64_t ceiling(int64_t a, int64_t b) { return (a + b - 1) / b; }

at::Tensor activations(std::array<int64_t, 4> sizes, const at::Tensor& like) {
  return at::empty(sizes, like.options(), at::MemoryFormat::ChannelsLast);
}

at::Tensor floats(int64_t count) { return at::empty({count}, at::kFloat); }

template <typename T>
T* pointer(const at::Tensor& tensor) {
  return static_cast<T*>(tensor.data_ptr());
}

template <typename T>
Activated<T> activated(const ConvolutionInput& input) {
  return {.x = pointer<T>(input.x),
          .channels = input.x.size(1),
          .scale = input.scale.empty() ? nullptr : input.scale.data(),
          .shift = input.shift.data()};
}

template <typename T>
Activated<T> every(int64_t step, const at::Tensor& dy) {
  return {.x = pointer<T>(dy), .channels = dy.size(1), .step = step};
}

/// Weights as `transform` writes them for each panel of `channels`.
template <typename Transform>
at::Tensor transformed(const Shape& shape, int64_t channels, const Transform& transform) {
  at::Tensor points = floats(kPoints * shape.in * shape.out);
  parallel_for(channels / kPanel, /*grain=*/1, [&](int64_t begin, int64_t end) {
    for (int64_t panel = begin; panel < end; ++panel) {
      transform(panel * kPanel, points.data_ptr<float>());
    }
  });
  return points;
}

/// convolve() and weigh() with the processor's widest vectors.
template <typename T>
void convolve_tiles(const Convolving<T>& job, int64_t first, int64_t last, float* work) {
  return has_sixteen_lanes() ? convolve<16>(job, first, last, work)
                             : convolve<8>(job, first, last, work);
}

template <typename T>
void weigh_tiles(const Weighing<T>& job, int64_t first, int64_t last, float* work) {
  return has_sixteen_lanes() ? weigh<16>(job, first, last, work) : weigh<8>(job, first, last, work);
}

/// Calls convolve_block(first tile, last tile, block, workspace) for all blocks.
template <typename Block>
void for_each_block(const Shape& shape, const Block& convolve_block) {
  parallel_for(shape.blocks(), /*grain=*/1, [&](int64_t begin, int64_t end) {
    const at::Tensor work = floats(workspace(shape.in, shape.out));
    for (int64_t block = begin; block < end; ++block) {
      convolve_block(block * kTiles, std::min((block + 1) * kTiles, shape.grid.tiles()), block,
                     work.data_ptr<float>());
    }
  });
}

at::Tensor transformed_back(const Shape& shape, const at::Tensor& weight) {
  return transformed(shape, shape.in, [&](int64_t first_in, float* to) {
    transform_weights_back(weight.data_ptr<float>(), shape.in, shape.out, first_in, to);
  });
}

struct Division {
  int64_t pieces;
  int64_t width;
};

/// Pieces of the batch, and channels of a task, for a transformed weight of `size` values.
Division division(const Shape& shape, int64_t size) {
  const int64_t affordable = kPiecesBytes / (size * static_cast<int64_t>(sizeof(float)));
  const int64_t worthwhile = shape.blocks() / kBlocksOfPiece;
  const int64_t pieces = std::clamp<int64_t>(std::min(affordable, worthwhile), 1, kTasks);
  return {pieces, ceiling(shape.in / kPanel, ceiling(kTasks, pieces)) * kPanel};
}

}  // namespace

at::Tensor convolve(const ConvolutionInput& input, const at::Tensor& weight, int64_t stride) {
  const Shape shape(input.x, weight);
  const at::Tensor points = transformed(shape, shape.out, [&](int64_t first_out, float* to) {
    transform_weights(weight.data_ptr<float>(), shape.in, shape.out, first_out, to);
  });
  const Grid& grid = shape.grid;
  at::Tensor y = activations(
      {grid.count, shape.out, ceiling(grid.height, stride), ceiling(grid.width, stride)}, input.x);
  visit_type(y, [&]<typename T>(T) {
    const Convolving<T> job{.grid = grid,
                            .input = activated<T>(input),
                            .weights = points.data_ptr<float>(),
                            .y = pointer<T>(y),
                            .out = shape.out,
                            .step = stride};
    for_each_block(shape, [&](int64_t first, int64_t last, int64_t, float* work) {
      convolve_tiles(job, first, last, work);
    });
  });
  return y;
}

at::Tensor input_gradient(const at::Tensor& x, const at::Tensor& dy, const at::Tensor& weight,
                          int64_t stride) {
  const Shape shape(x, weight);
  const at::Tensor points = transformed_back(shape, weight);
  at::Tensor dx = at::empty_like(x);
  visit_type(dy, [&]<typename T>(T) {
    const Convolving<T> job{.grid = shape.grid,
                            .input = every<T>(stride, dy),
                            .weights = points.data_ptr<float>(),
                            .y = pointer<T>(dx),
                            .out = shape.in};
    for_each_block(shape, [&](int64_t first, int64_t last, int64_t, float* work) {
      convolve_tiles(job, first, last, work);
    });
  });
  return dx;
}

GatedGradient gated_input_gradient(const ConvolutionInput& input, const PerChannel<float>& mean,
                                   const at::Tensor& dy, const at::Tensor& weight, int64_t stride) {
  const Shape shape(input.x, weight);
  const at::Tensor points = transformed_back(shape, weight);
  const at::Tensor g = at::empty_like(input.x);
  const at::Tensor partial = at::zeros({shape.blocks(), 2, shape.in}, at::kFloat);
  visit_type(dy, [&]<typename T>(T) {
    Convolving<T> job{.grid = shape.grid,
                      .input = every<T>(stride, dy),
                      .weights = points.data_ptr<float>(),
                      .y = pointer<T>(g),
                      .out = shape.in};
    for_each_block(shape, [&](int64_t first, int64_t last, int64_t block, float* work) {
      float* sums = partial.data_ptr<float>() + block * 2 * shape.in;
      auto gated = job;
      gated.gate = {activated<T>(input), mean.data(), sums, sums + shape.in};
      convolve_tiles(gated, first, last, work);
    });
  });
  GatedGradient result{g, {PerChannel<double>(shape.in), PerChannel<double>(shape.in)}};
  const float* sums = partial.data_ptr<float>();
  for (int64_t block = 0; block < shape.blocks(); ++block, sums += 2 * shape.in) {
    for (int64_t c = 0; c < shape.in; ++c) {
      result.sums.g[c] += sums[c];
      result.sums.g_times_x[c] += sums[shape.in + c];
    }
  }
  return result;
}

at::Tensor weight_gradient(const ConvolutionInput& input, const at::Tensor& dy,
                           const at::Tensor& weight, int64_t stride) {
  const Shape shape(input.x, weight);
  const int64_t size = kPoints * shape.in * shape.out;
  // Not a structured binding, which Clang cannot capture.
  const Division cut = division(shape, size);
  const int64_t pieces = cut.pieces;
  const int64_t width = cut.width;
  const int64_t ranges = ceiling(shape.in, width);
  const at::Tensor partial = at::empty({pieces, size}, at::kFloat);
  auto* sums = partial.data_ptr<float>();
  visit_type(dy, [&]<typename T>(T) {
    parallel_for(pieces * ranges, /*grain=*/1, [&](int64_t begin, int64_t end) {
      const at::Tensor work = floats(workspace(width, shape.out));
      for (int64_t task = begin; task < end; ++task) {
        const int64_t piece = task / ranges;
        const int64_t first_in = task % ranges * width;
        const Weighing<T> job{shape.grid,
                              activated<T>(input),
                              every<T>(stride, dy),
                              sums + piece * size,
                              first_in,
                              std::min(first_in + width, shape.in)};
        weigh_tiles(job, shape.grid.tiles() * piece / pieces,
                    shape.grid.tiles() * (piece + 1) / pieces, work.data_ptr<float>());
      }
    });
  });
  at::Tensor gradient = at::empty_like(weight);
  parallel_for(shape.out, /*grain=*/1, [&](int64_t begin, int64_t end) {
    for (int64_t o = begin; o < end; ++o) {
      gather_weights(sums, pieces, size, shape.in, shape.out, o,
                     gradient.data_ptr<float>() + o * 9 * shape.in);
    }
  });
  return gradient;
}

}  // namespace sla::nn::detail
