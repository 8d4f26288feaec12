// Inverts the bright pixels of half of the images, by a kernel of its own if the run has a GPU.
#include <sla/augmentation.h>
#include <sla/plugin.h>

#include <ATen/ops/where.h>

namespace {

__global__ void invert_from(unsigned char threshold, unsigned char* pixels, int64_t count) {
  const int64_t i = blockIdx.x * static_cast<int64_t>(blockDim.x) + threadIdx.x;
  if (i < count && pixels[i] >= threshold) pixels[i] = 255 - pixels[i];
}

class Solarize final : public sla::ImageAugmentation {
 public:
  static std::vector<sla::Parameter> parameters() {
    return {{.name = "threshold",
             .default_value = 128,
             .help = "the darkest value that is inverted",
             .minimum = 0,
             .maximum = 255}};
  }

  Solarize(const sla::Parameters& parameters, sla::Host& host)
      : threshold_(static_cast<unsigned char>(parameters.integer("threshold"))),
        on_gpu_(host.device().is_cuda()) {}

  at::Tensor augment(const at::Tensor& image, sla::RandomStream random) const override {
    if (random.below(2) == 0) return image;
    const bool in_bytes = image.scalar_type() == at::kByte;
    if (!in_bytes) return at::where(image.ge(threshold_ / 255.0), image.neg().add(1), image);
    if (!on_gpu_) return at::where(image.ge(threshold_), image.bitwise_not(), image);
    at::Tensor pixels = image.cuda();
    constexpr int kThreads = 256;
    const auto blocks = static_cast<int>((pixels.numel() + kThreads - 1) / kThreads);
    invert_from<<<blocks, kThreads>>>(threshold_, pixels.data_ptr<unsigned char>(), pixels.numel());
    return pixels.cpu();
  }

 private:
  unsigned char threshold_;
  bool on_gpu_;
};

}  // namespace

SLA_PLUGIN("1.0.0", sla::component<Solarize>("solarize", "Inverts bright pixels"))
