#include <sla/dataset.h>
#include <sla/digest.h>
#include <sla/error.h>
#include <sla/plugin.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <memory>
#include <set>

#include <ATen/TensorOperators.h>
#include <ATen/ops/tensor.h>

#include "picture_store.h"
#include "split_list.h"

namespace {

namespace fs = std::filesystem;
using image_folder::Entry;

/// Images in a folder, with split lists of file and class, as mini-ImageNet is usually stored.
/// Classes are numbered by name, whatever the order of the lists.
class ImageFolder final : public sla::Dataset {
 public:
  static std::vector<sla::Parameter> parameters() {
    return {
        {.name = "root",
         .default_value = "",
         .help = "folder that holds the lists and the image folder",
         .required = true,
         .is_path = true},
        {.name = "images", .default_value = "images", .help = "image folder inside root"},
        {.name = "train_list",
         .default_value = "train.csv",
         .help = "CSV of files and classes for training"},
        {.name = "validation_list", .default_value = "val.csv", .help = "the same for validation"},
        {.name = "test_list", .default_value = "test.csv", .help = "the same for testing"},
        {.name = "size",
         .default_value = 84,
         .help = "side length that images are scaled to, in pixels",
         .minimum = 1,
         .maximum = 4096}};
  }

  ImageFolder(const sla::Parameters& parameters, sla::Host& host)
      : size_(parameters.integer("size")) {
    const fs::path root = parameters.text("root");
    const fs::path images = root / parameters.text("images");
    if (!fs::is_directory(images)) {
      throw sla::Error("no folder " + images.string() +
                       "; root must contain the image folder and "
                       "the split lists");
    }
    std::array<std::vector<Entry>, 3> splits;
    std::set<std::string> names;
    for (const auto& [number, list] : {std::pair(size_t{0}, "train_list"),
                                       {size_t{1}, "validation_list"},
                                       {size_t{2}, "test_list"}}) {
      const fs::path file = root / parameters.text(list);
      splits.at(number) = image_folder::read_split_list(file, images);
      for (const Entry& entry : splits.at(number)) names.insert(entry.label);
      provenance_[std::string(list) + "_sha256"] = sla::file_digest(sla::Digest::sha256, file);
    }
    class_names_.assign(names.begin(), names.end());
    std::vector<Entry> entries;
    for (size_t number = 0; number < splits.size(); ++number) {
      parts_.at(number) = {std::ssize(entries), labels_of(splits.at(number))};
      std::move(splits.at(number).begin(), splits.at(number).end(), std::back_inserter(entries));
    }
    check_distinct(entries);
    if (entries.empty()) throw sla::Error("the split lists in " + root.string() + " are empty");
    store_ = std::make_unique<const image_folder::PictureStore>(entries, size_, host);
  }

  sla::ImageShape image_shape() const override { return {3, size_, size_}; }

  const std::vector<std::string>& class_names() const override { return class_names_; }

  at::Tensor labels(sla::Split split) const override { return of(split).labels; }

  sla::Batch batch(const sla::Request& request) const override {
    const Part& part = of(request.split);
    return {store_->pictures(request.indices + part.first),
            part.labels.index_select(0, request.indices)};
  }

  std::map<std::string, std::string> provenance() const override {
    auto facts = provenance_;
    facts["pictures_sha256"] = store_->sha256();
    return facts;
  }

 private:
  struct Part {
    int64_t first = 0;  // among all images
    at::Tensor labels;
  };

  const Part& of(sla::Split split) const { return parts_.at(static_cast<size_t>(split)); }

  at::Tensor labels_of(const std::vector<Entry>& split) const {
    std::vector<int64_t> labels;
    for (const Entry& entry : split) {
      labels.push_back(std::lower_bound(class_names_.begin(), class_names_.end(), entry.label) -
                       class_names_.begin());
    }
    return at::tensor(labels, at::kLong);
  }

  static void check_distinct(const std::vector<Entry>& entries) {
    std::map<fs::path, const Entry*> seen;
    for (const Entry& entry : entries) {
      const auto [first, is_new] = seen.emplace(entry.file, &entry);
      if (!is_new) {
        throw sla::Error(entry.where + ": " + entry.file.string() + " is listed already, in " +
                         first->second->where + "; splits must not overlap");
      }
    }
  }

  int64_t size_;
  std::vector<std::string> class_names_;
  std::array<Part, 3> parts_;  // in the order of sla::Split
  std::unique_ptr<const image_folder::PictureStore> store_;
  std::map<std::string, std::string> provenance_;
};

}  // namespace

SLA_PLUGIN("1.0.0",
           sla::component<ImageFolder>("image_folder",
                                       "Images in a folder with split lists (mini-ImageNet)"))
