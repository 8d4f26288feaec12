#include <sla/augmentation.h>
#include <sla/error.h>
#include <sla/plugin.h>

#include "fade.h"

namespace {

__global__ void fade(unsigned char* images, const float* factors, long pixels, long total) {
  const long i = static_cast<long>(blockIdx.x) * blockDim.x + threadIdx.x;
  if (i < total) images[i] = static_cast<unsigned char>(images[i] * factors[i / pixels]);
}

void check(cudaError_t status) {
  if (status != cudaSuccess) throw sla::Error(cudaGetErrorString(status));
}

}  // namespace

void fade_on_gpu(const at::Tensor& images, const at::Tensor& factors) {
  unsigned char* bytes = nullptr;
  float* scales = nullptr;
  const size_t size = images.nbytes();
  check(cudaMalloc(&bytes, size));
  check(cudaMalloc(&scales, factors.nbytes()));
  check(cudaMemcpy(bytes, images.data_ptr(), size, cudaMemcpyHostToDevice));
  check(cudaMemcpy(scales, factors.data_ptr(), factors.nbytes(), cudaMemcpyHostToDevice));
  const long total = static_cast<long>(size);
  fade<<<(total + 255) / 256, 256>>>(bytes, scales, total / factors.numel(), total);
  check(cudaMemcpy(images.data_ptr(), bytes, size, cudaMemcpyDeviceToHost));
  check(cudaFree(bytes));
  check(cudaFree(scales));
}
