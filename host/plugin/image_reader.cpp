#include "host/plugin/image_reader.h"

#include <sla/describe.h>
#include <sla/draft/image_reader.h>
#include <sla/error.h>
#include <spdlog/fmt/fmt.h>

#include <array>
#include <memory>

#include "host/base/errors.h"
#include "host/plugin/refusal.h"

namespace host::plugin {

namespace {

at::Tensor read(const sla::ImageReader& reader, const Origin& origin, const sla::ImageShape& shape,
                const std::filesystem::path& file) {
  const auto image = call(origin, "read_image", [&] {
    try {
      return reader.read_image(file);
    } catch (const sla::Error& error) {
      // The file's fault, not the plugin's.
      throw StorageError(error.what());
    }
  });
  const std::array<int64_t, 3> sizes{shape.channels, shape.height, shape.width};
  if (!image.defined() || image.sizes() != at::IntArrayRef(sizes) || !image.is_contiguous() ||
      !image.is_cpu()) {
    refuse(
        origin, "read_image", "an image " + sla::describe(image),
        fmt::format("[{}], as image_shape() says, contiguous, on the CPU", fmt::join(sizes, ", ")));
  }
  return image;
}

}  // namespace

std::optional<ImageReader> image_reader(const Dataset& dataset) {
  const auto reader = std::dynamic_pointer_cast<const sla::ImageReader>(dataset.object());
  if (!reader) return dataset.source() ? image_reader(*dataset.source()) : std::nullopt;
  return [reader, origin = dataset.origin(), shape = dataset.image_shape()](
             const std::filesystem::path& file) { return read(*reader, origin, shape, file); };
}

}  // namespace host::plugin
