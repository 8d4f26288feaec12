#include <sla/dataset.h>
#include <sla/draft/image_reader.h>
#include <sla/draft/images/decoded_images.h>
#include <sla/draft/images/load_image.h>
#include <sla/draft/images/view.h>
#include <sla/error.h>
#include <sla/host.h>
#include <sla/image_names.h>
#include <sla/parameter_range.h>
#include <sla/plugin.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>

#include "catalogue.h"

namespace {

using image_folder::CatalogueOptions;
using image_folder::FileList;
using sla::images::Filter;

CatalogueOptions catalogue_options(const sla::Parameters& parameters) {
  return {
      .root = parameters.text("root"),
      .layout = {{parameters.text("train"), parameters.text("validation"), parameters.text("test")},
                 parameters.text("images")},
      .held_out_validation = parameters.number("held_out_validation"),
      .held_out_test = parameters.number("held_out_test"),
      .split_seed = parameters.integer("split_seed"),
      .disjoint_classes = parameters.flag("disjoint_classes"),
      .skip_unreadable = parameters.text("unreadable") == "skip"};
}

/// Photographs of any size in class folders or lists, decoded where they are used.
class ImageFolder final : public sla::Dataset, public sla::ImageReader {
 public:
  static std::vector<sla::Parameter> parameters();

  ImageFolder(const sla::Parameters& parameters, sla::Host& host)
      : root_(parameters.text("root")),
        size_(static_cast<int>(parameters.integer("size"))),
        resize_(static_cast<int>(parameters.integer("resize"))),
        crops_at_random_(parameters.text("training_view") == "random_resized_crop"),
        recipe_{sla::range(parameters, "area"), sla::range(parameters, "aspect")},
        filter_(parameters.text("interpolation") == "bicubic" ? Filter::bicubic
                                                              : Filter::bilinear) {
    if (resize_ < size_) {
      throw sla::Error("resize = " + std::to_string(resize_) +
                       " is less than size = " + std::to_string(size_) +
                       "; the shorter side must hold the square that is cut out");
    }
    const auto load = [&] {
      catalogue_ = image_folder::load_catalogue(catalogue_options(parameters), host);
    };
    host.once_per_job(load);
    // The other processes find it in the cache.
    if (catalogue_.table.size() == 0) load();
    for (const std::string& remark : catalogue_.remarks) host.log(sla::LogLevel::info, remark);
    for (size_t split = 0; split < labels_.size(); ++split) {
      const auto& labels = catalogue_.table.splits.at(split).labels();
      labels_.at(split) = at::empty({std::ssize(labels)}, at::kLong);
      std::copy(labels.begin(), labels.end(), labels_.at(split).data_ptr<int64_t>());
    }
    keep_decoded(parameters.integer("decoded_cache"), host);
  }

  sla::ImageShape image_shape() const override { return {3, size_, size_}; }

  const std::vector<std::string>& class_names() const override {
    return catalogue_.table.class_names;
  }

  at::Tensor labels(sla::Split split) const override {
    return labels_.at(static_cast<size_t>(split));
  }

  sla::Batch batch(const sla::Request& request) const override {
    const int64_t count = request.indices.numel();
    const FileList& files = catalogue_.table.of(request.split);
    const auto* index = request.indices.data_ptr<int64_t>();
    at::Tensor images = at::empty({count, 3, size_, size_}, at::kByte);
    auto* planes = images.data_ptr<uint8_t>();
    for (int64_t b = 0; b < count; ++b, planes += int64_t{3} * size_ * size_) {
      const auto file = root_ / files.name(index[b]);
      const bool is_crop = request.augment && crops_at_random_;
      const auto choose = is_crop ? random_view(request.random.image(b)) : central_view();
      // Test images are used once.
      if (decoded_ && request.split != sla::Split::test) {
        decoded_->load_image(file, choose, size_, filter_, planes);
      } else {
        sla::images::load_image(file, choose, size_, filter_, planes);
      }
    }
    sla::Batch batch{images, labels(request.split).index_select(0, request.indices)};
    if (!request.augment) batch.annotations[sla::kImageNames] = names(files, request.indices);
    return batch;
  }

  at::Tensor read_image(const std::filesystem::path& file) const override {
    at::Tensor image = at::empty({3, size_, size_}, at::kByte);
    sla::images::load_image(file, central_view(), size_, filter_, image.data_ptr<uint8_t>());
    return image;
  }

  std::map<std::string, std::string> provenance() const override { return catalogue_.facts; }

 private:
  /// The views of training and of evaluation.
  sla::images::ViewChoice random_view(sla::RandomStream random) const {
    return [this, random](int width, int height) {
      return sla::images::random_view(width, height, recipe_, random, size_);
    };
  }
  sla::images::ViewChoice central_view() const {
    return [this](int width, int height) {
      return sla::images::central_view(width, height, resize_, size_);
    };
  }

  void keep_decoded(int64_t mebibytes, sla::Host& host) {
    if (mebibytes == 0) return;
    const int64_t images = catalogue_.table.of(sla::Split::train).size() +
                           catalogue_.table.of(sla::Split::validation).size();
    const auto say_full = [=, &host](int64_t kept) {
      host.log(sla::LogLevel::info,
               "decoded_cache = " + std::to_string(mebibytes) + " is full with " +
                   std::to_string(kept) + " of " + std::to_string(images) +
                   " images for training and validation; the others are decoded for each batch");
    };
    decoded_ = std::make_unique<sla::images::DecodedImages>(mebibytes << 20, say_full);
  }

  static at::Tensor names(const FileList& files, const at::Tensor& indices) {
    const auto* index = indices.data_ptr<int64_t>();
    std::vector<std::string_view> names;
    for (int64_t b = 0; b < indices.numel(); ++b) names.push_back(files.name(index[b]));
    return sla::pack_names(names);
  }

  std::filesystem::path root_;
  int size_;
  int resize_;
  bool crops_at_random_;
  sla::RectangleRecipe recipe_;
  Filter filter_;
  image_folder::Catalogue catalogue_;
  std::array<at::Tensor, 3> labels_;  // in the order of sla::Split
  std::unique_ptr<sla::images::DecodedImages> decoded_;
};

std::vector<sla::Parameter> ImageFolder::parameters() {
  return {
      {.name = "root",
       .default_value = "",
       .help = "folder of the images: class folders, or lists of files and classes",
       .required = true,
       .is_path = true},
      {.name = "train",
       .default_value = "",
       .help = "class folders or list for training, relative to root; empty: found by its name"},
      {.name = "validation", .default_value = "", .help = "the same for validation"},
      {.name = "test", .default_value = "", .help = "the same for testing"},
      {.name = "images",
       .default_value = "images",
       .help = "folder inside root that file names in lists are relative to, if not to root"},
      {.name = "held_out_validation",
       .default_value = 0.1,
       .help = "fraction of each class's training images for validation, if there are no others",
       .minimum = 0,
       .maximum = 0.9},
      {.name = "held_out_test",
       .default_value = 0.1,
       .help = "the same for testing",
       .minimum = 0,
       .maximum = 0.9},
      {.name = "split_seed",
       .default_value = 0,
       .help = "chooses the images held out",
       .minimum = 0},
      {.name = "disjoint_classes",
       .default_value = false,
       .help = "whether splits may differ in their classes, as in few-shot learning"},
      {.name = "unreadable",
       .default_value = "error",
       .help = "skip: decode each file once, at the first start, and leave out those that fail",
       .choices = {"error", "skip"}},
      {.name = "size",
       .default_value = 224,
       .help = "height and width of the images given to the model, in pixels",
       .minimum = 1,
       .maximum = 4096},
      {.name = "resize",
       .default_value = 256,
       .help = "shorter side before the centre is cut out, for evaluation, in pixels",
       .minimum = 1,
       .maximum = 8192},
      {.name = "training_view",
       .default_value = "random_resized_crop",
       .help = "how training images are cropped; center_crop: as for evaluation",
       .choices = {"random_resized_crop", "center_crop"}},
      {.name = "area",
       .default_value = std::vector<double>{0.08, 1},
       .help = "least and greatest area of a random crop, as a fraction of the image's",
       .minimum = 1e-4,
       .maximum = 1},
      {.name = "aspect",
       .default_value = std::vector<double>{3.0 / 4, 4.0 / 3},
       .help = "least and greatest width / height of a random crop",
       .minimum = 1e-2,
       .maximum = 1e2},
      {.name = "interpolation",
       .default_value = "bilinear",
       .help = "filter for scaling, antialiased",
       .choices = {"bilinear", "bicubic"}},
      {.name = "decoded_cache",
       .default_value = 0,
       .help = "memory in which images for training and validation stay decoded, in MiB",
       .minimum = 0,
       .maximum = 1 << 20}};
}

}  // namespace

SLA_PLUGIN("2.1.0", sla::component<ImageFolder>("image_folder",
                                                "Photographs in class folders or lists of files"))
