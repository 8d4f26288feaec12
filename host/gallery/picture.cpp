#include "host/gallery/picture.h"

#include <openssl/evp.h>
#include <png.h>

#include <ATen/TensorOperators.h>
#include <ATen/ops/zeros.h>

#include <algorithm>

#include "host/base/errors.h"

namespace host::gallery {

namespace {

at::Tensor as_bytes(const at::Tensor& all_channels) {
  at::Tensor images =
      all_channels.size(1) == 3 ? all_channels : all_channels.narrow(/*dim=*/1, 0, 1);
  if (images.scalar_type() == at::kByte) return images;
  return (images * 255).round().clamp(0, 255).to(at::kByte);
}

std::string base64(const std::string& bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');  // plus a terminating zero
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
  text.resize(static_cast<size_t>(length));
  return text;
}

}  // namespace

at::Tensor tiled(const at::Tensor& of_any_type, int64_t columns) {
  const at::Tensor images = as_bytes(of_any_type);
  const int64_t rows = (images.size(0) + columns - 1) / columns;
  const int64_t height = images.size(2);
  const int64_t width = images.size(3);
  auto places = at::zeros({rows * columns, images.size(1), height, width}, at::kByte);
  places.narrow(0, 0, images.size(0)).copy_(images);
  return places.view({rows, columns, images.size(1), height, width})
      .permute({2, 0, 3, 1, 4})
      .reshape({images.size(1), rows * height, columns * width});
}

std::string png(const at::Tensor& image) {
  const at::Tensor pixels = image.permute({1, 2, 0}).contiguous();
  png_image header{};
  header.version = PNG_IMAGE_VERSION;
  header.width = static_cast<png_uint_32>(pixels.size(1));
  header.height = static_cast<png_uint_32>(pixels.size(0));
  header.format = pixels.size(2) == 3 ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(header);
  std::string bytes(size, '\0');
  if (png_image_write_to_memory(&header, bytes.data(), &size, /*convert_to_8bit=*/0,
                                pixels.data_ptr(), /*row_stride=*/0, /*colormap=*/nullptr) == 0) {
    throw Error(std::string("cannot encode an image: ") + header.message);
  }
  bytes.resize(size);
  return bytes;
}

std::string data_address(const at::Tensor& image) {
  return "data:image/png;base64," + base64(png(image));
}

}  // namespace host::gallery
