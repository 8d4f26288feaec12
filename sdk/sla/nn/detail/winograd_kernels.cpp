#include "sla/nn/detail/winograd_kernels.h"

#include "sla/nn/detail/winograd_inputs.h"
#include "sla/nn/detail/winograd_outputs.h"

namespace sla::nn::detail {

namespace {

SLA_INLINE Vector broadcast(float value) { return value - Vector{}; }

/// A panel's width in vectors.
constexpr int64_t kParts = kPanel / kLanes;
/// Of a product, in registers at the same time: 16 with AVX2, 32 with AVX-512 hold them, a row of
/// the other matrix, and what is multiplied with it.
constexpr int64_t kRows = kLanes == 8 ? 6 : 16;

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
  Vector sums[Rows][kParts];
#pragma GCC unroll 24
  for (int64_t r = 0; r < Rows; ++r) {
#pragma GCC unroll 2
    for (int64_t part = 0; part < kParts; ++part) {
      sums[r][part] = Adds ? load(result + r * result_stride + part * kLanes) : Vector{};
    }
  }
  for (int64_t k = 0; k < depth; ++k) {
    Vector row[kParts];
#pragma GCC unroll 2
    for (int64_t part = 0; part < kParts; ++part) {
      row[part] = load(b + k * b_stride + part * kLanes);
    }
#pragma GCC unroll 24
    for (int64_t r = 0; r < Rows; ++r) {
      const Vector entry = broadcast(a.values[r * a.row_stride + k * a.k_stride]);
#pragma GCC unroll 2
      for (int64_t part = 0; part < kParts; ++part) sums[r][part] += entry * row[part];
    }
  }
#pragma GCC unroll 24
  for (int64_t r = 0; r < Rows; ++r) {
#pragma GCC unroll 2
    for (int64_t part = 0; part < kParts; ++part) {
      store(sums[r][part], result + r * result_stride + part * kLanes);
    }
  }
}

/// `Rows` at a time, as long as there are so many; the rows that are left.
template <int64_t Rows, bool Adds>
SLA_INLINE int64_t multiply_groups(Matrix& a, int64_t rows, const float* b, int64_t b_stride,
                                   int64_t depth, float*& result, int64_t result_stride) {
  for (; rows >= Rows; rows -= Rows) {
    multiply_rows<Rows, Adds>(a, b, b_stride, depth, result, result_stride);
    a.values += Rows * a.row_stride;
    result += Rows * result_stride;
  }
  return rows;
}

template <bool Adds>
SLA_INLINE void multiply(Matrix a, int64_t rows, const float* b, int64_t b_stride, int64_t depth,
                         float* result, int64_t result_stride) {
  rows = multiply_groups<kRows, Adds>(a, rows, b, b_stride, depth, result, result_stride);
  rows = multiply_groups<4, Adds>(a, rows, b, b_stride, depth, result, result_stride);
  multiply_groups<1, Adds>(a, rows, b, b_stride, depth, result, result_stride);
}

}  // namespace

template <int64_t Lanes, typename T>
void convolve(const Convolving<T>& job, int64_t first, int64_t last, float* work) {
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

template <int64_t Lanes, typename T>
void weigh(const Weighing<T>& job, int64_t first, int64_t last, float* work) {
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
        const float* panel = inputs + p * point_stride(width) + c;
        float* gradient = job.gradient + (p * in + range.first + c) * out;
        if (begin == first) {
          multiply<false>(outputs, out, panel, width, end - begin, gradient, kPanel);
        } else {
          multiply<true>(outputs, out, panel, width, end - begin, gradient, kPanel);
        }
      }
    }
  }
}

template void convolve<kLanes>(const Convolving<float>&, int64_t, int64_t, float*);
template void convolve<kLanes>(const Convolving<Bfloat>&, int64_t, int64_t, float*);
template void weigh<kLanes>(const Weighing<float>&, int64_t, int64_t, float*);
template void weigh<kLanes>(const Weighing<Bfloat>&, int64_t, int64_t, float*);

}  // namespace sla::nn::detail
