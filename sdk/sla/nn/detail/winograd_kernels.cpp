#include "sla/nn/detail/winograd_kernels.h"

#include "sla/nn/detail/winograd_inputs.h"
#include "sla/nn/detail/winograd_outputs.h"

namespace sla::nn::detail {

namespace {

SLA_INLINE Vector broadcast(float value) { return value - Vector{}; }

/// Entry (row, k) is values[row * row_stride + k * k_stride].
struct Matrix {
  const float* values;
  int64_t row_stride;
  int64_t k_stride;
};

/// `Rows` rows of result [rows, 16] = a [rows, depth] * b [depth, 16], or added to it: all sums
/// stay in registers.
template <int64_t Rows, bool Adds>
SLA_INLINE void multiply_rows(Matrix a, const float* b, int64_t b_stride, int64_t depth,
                              float* result, int64_t result_stride) {
  Vector sums[Rows][2];
  for (int64_t r = 0; r < Rows; ++r) {
    for (int64_t half = 0; half < 2; ++half) {
      sums[r][half] = Adds ? load(result + r * result_stride + half * kLanes) : Vector{};
    }
  }
  for (int64_t k = 0; k < depth; ++k) {
    const Vector left = load(b + k * b_stride);
    const Vector right = load(b + k * b_stride + kLanes);
#pragma GCC unroll 6
    for (int64_t r = 0; r < Rows; ++r) {
      const Vector entry = broadcast(a.values[r * a.row_stride + k * a.k_stride]);
      sums[r][0] += entry * left;
      sums[r][1] += entry * right;
    }
  }
  for (int64_t r = 0; r < Rows; ++r) {
    for (int64_t half = 0; half < 2; ++half) {
      store(sums[r][half], result + r * result_stride + half * kLanes);
    }
  }
}

template <bool Adds>
SLA_INLINE void multiply(Matrix a, int64_t rows, const float* b, int64_t b_stride, int64_t depth,
                         float* result, int64_t result_stride) {
  for (; rows >= 6; rows -= 6) {
    multiply_rows<6, Adds>(a, b, b_stride, depth, result, result_stride);
    a.values += 6 * a.row_stride;
    result += 6 * result_stride;
  }
  if (rows >= 4) {
    multiply_rows<4, Adds>(a, b, b_stride, depth, result, result_stride);
    a.values += 4 * a.row_stride;
    result += 4 * result_stride;
    rows -= 4;
  }
  for (; rows > 0; --rows) {
    multiply_rows<1, Adds>(a, b, b_stride, depth, result, result_stride);
    a.values += a.row_stride;
    result += result_stride;
  }
}

template <typename T>
void convolve_tiles(const Convolving<T>& job, int64_t first, int64_t last, float* work) {
  const int64_t in = job.input.channels;
  float* inputs = work;
  float* outputs = work + kPoints * point_stride(in);
  for (int64_t tile = first; tile < last; ++tile) {
    transform_input(job.grid, job.input, tile, {0, in}, inputs + (tile - first) * in);
  }
  for (int64_t p = 0; p < kPoints; ++p) {
    const Matrix tiles{inputs + p * point_stride(in), in, 1};
    for (int64_t c = 0; c < job.out; c += kPanel) {
      multiply<false>(tiles, last - first, job.weights + (p * job.out + c) * in, kPanel, in,
                      outputs + p * point_stride(job.out) + c, job.out);
    }
  }
  for (int64_t tile = first; tile < last; ++tile, outputs += job.out) {
    if (job.gate.sum != nullptr) {
      transform_output<true>(job, tile, outputs);
    } else {
      transform_output<false>(job, tile, outputs);
    }
  }
}

template <typename T>
void weigh_tiles(const Weighing<T>& job, int64_t first, int64_t last, float* work) {
  const Range range{job.first_in, job.last_in};
  const int64_t width = range.width();
  const int64_t in = job.input.channels;
  const int64_t out = job.dy.channels;
  float* inputs = work;
  float* gradients = work + kPoints * point_stride(width);
  for (int64_t begin = first; begin < last; begin += kTiles) {
    const int64_t end = begin + kTiles < last ? begin + kTiles : last;
    for (int64_t tile = begin; tile < end; ++tile) {
      transform_input(job.grid, job.input, tile, range, inputs + (tile - begin) * width);
      transform_gradient(job.grid, job.dy, tile, gradients + (tile - begin) * out);
    }
    for (int64_t p = 0; p < kPoints; ++p) {
      const Matrix outputs{gradients + p * point_stride(out), 1, out};
      for (int64_t c = 0; c < width; c += kPanel) {
        multiply<true>(outputs, out, inputs + p * point_stride(width) + c, width, end - begin,
                       job.gradient + p * out * in + range.first + c, in);
      }
    }
  }
}

}  // namespace

void convolve(const Convolving<float>& job, int64_t first, int64_t last, float* work) {
  convolve_tiles(job, first, last, work);
}

void convolve(const Convolving<Bfloat>& job, int64_t first, int64_t last, float* work) {
  convolve_tiles(job, first, last, work);
}

void weigh(const Weighing<float>& job, int64_t first, int64_t last, float* work) {
  weigh_tiles(job, first, last, work);
}

void weigh(const Weighing<Bfloat>& job, int64_t first, int64_t last, float* work) {
  weigh_tiles(job, first, last, work);
}

}  // namespace sla::nn::detail
