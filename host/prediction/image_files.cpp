#include "host/prediction/image_files.h"

#include <sla/draft/images/load_image.h>
#include <sla/error.h>
#include <spdlog/fmt/fmt.h>

#include <array>
#include <utility>

#include <ATen/ops/empty.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>

#include "host/base/errors.h"

namespace host::prediction {

namespace {

namespace fs = std::filesystem;

class ImageFiles final : public sla::Dataset {
 public:
  ImageFiles(const plugin::Dataset& dataset, plugin::ImageReader read, std::vector<fs::path> files,
             std::shared_ptr<Failures> failures)
      : shape_(dataset.image_shape()),
        class_names_(dataset.class_names()),
        read_(std::move(read)),
        files_(std::move(files)),
        failures_(std::move(failures)) {}

  sla::ImageShape image_shape() const override { return shape_; }
  const std::vector<std::string>& class_names() const override { return class_names_; }
  at::Tensor labels(sla::Split) const override {
    return at::zeros({std::ssize(files_)}, at::kLong);
  }

  sla::Batch batch(const sla::Request& request) const override {
    std::vector<at::Tensor> images(static_cast<size_t>(request.indices.numel()));
    const auto* number = request.indices.data_ptr<int64_t>();
    at::ScalarType type = at::kByte;
    for (at::Tensor& image : images) {
      const int64_t file = *number++;
      try {
        image = read_(files_.at(static_cast<size_t>(file)));
        type = image.scalar_type();
      } catch (const StorageError& error) {
        failures_->add(file, error.what());
      }
    }
    for (at::Tensor& image : images) {
      if (!image.defined()) image = at::zeros({shape_.channels, shape_.height, shape_.width}, type);
    }
    return {at::stack(images), at::zeros({std::ssize(images)}, at::kLong)};
  }

 private:
  sla::ImageShape shape_;
  std::vector<std::string> class_names_;
  plugin::ImageReader read_;
  std::vector<fs::path> files_;
  std::shared_ptr<Failures> failures_;
};

/// The central square of any image, scaled to `size` pixels.
at::Tensor central_square(const fs::path& file, int size) {
  const auto view = [size](int width, int height) {
    return sla::images::central_view(width, height, /*resize=*/size, size);
  };
  at::Tensor image = at::empty({3, size, size}, at::kByte);
  try {
    sla::images::load_image(file, view, size, sla::images::Filter::bilinear,
                            image.data_ptr<uint8_t>());
  } catch (const sla::Error& error) {
    throw StorageError(error.what());
  }
  return image;
}

}  // namespace

void Failures::add(int64_t number, std::string reason) {
  const std::lock_guard lock(mutex_);
  reasons_.emplace(number, std::move(reason));
}

std::map<int64_t, std::string> Failures::all() const {
  const std::lock_guard lock(mutex_);
  return reasons_;
}

plugin::ImageReader reader_for(const plugin::Dataset& dataset, std::string& note) {
  if (auto own = plugin::image_reader(dataset)) return *own;
  const auto& [channels, height, width] = dataset.image_shape();
  const std::string& name = dataset.origin().component;
  if (channels != 3 || height != width) {
    throw PluginError(
        fmt::format("dataset '{}' has images of {} x {} x {} (channels, height, width) and "
                    "does not say how to "
                    "make them from files; derive it from sla::ImageReader, too",
                    name, channels, height, width));
  }
  note = fmt::format(
      "dataset '{}' has no files of its own: the central square "
      "of each image is scaled to {} x {} "
      "pixels",
      name, height, width);
  return [size = static_cast<int>(height)](const fs::path& file) {
    return central_square(file, size);
  };
}

plugin::Dataset in_place_of(const plugin::Dataset& dataset, plugin::ImageReader read,
                            std::vector<fs::path> files, std::shared_ptr<Failures> failures) {
  return plugin::Dataset({.library = nullptr,
                          .services = nullptr,
                          .origin = {"sla_host", "image files", ""},
                          .object = std::make_shared<ImageFiles>(
                              dataset, std::move(read), std::move(files), std::move(failures))});
}

}  // namespace host::prediction
