#include <sla/dataset.h>
#include <sla/digest.h>
#include <sla/plugin.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <string>
#include <vector>

#include "archive.h"
#include "records.h"
#include "split.h"

namespace {

/// CIFAR-10 or CIFAR-100 from the official binary files, held in memory.
class Cifar final : public sla::Dataset {
 public:
  static std::vector<sla::Parameter> parameters() {
    return {
        {.name = "classes",
         .default_value = 100,
         .help = "CIFAR-10 or CIFAR-100",
         .choices = {10, 100}},
        {.name = "root",
         .default_value = "",
         .help = "folder of the unpacked files or the archive; empty: $SLA_DATA; searched "
                 "before the cache",
         .is_path = true},
        {.name = "download",
         .default_value = true,
         .help = "download the archive if it is not found"},
        {.name = "validation",
         .default_value = 5000,
         .help = "training images held out for validation",
         .minimum = 0},
        {.name = "split_seed",
         .default_value = 0,
         .help =
             "seed of the held-out images; separate from the run's seed, so runs stay comparable",
         .minimum = 0},
        {.name = "limit_per_class",
         .default_value = 0,
         .help = "maximum training images per class; 0: all",
         .minimum = 0}};
  }

  Cifar(const sla::Parameters& parameters, sla::Host& host)
      : layout_(cifar::layout_of(parameters.integer("classes"))) {
    const cifar::Source source{root(parameters.text("root")), parameters.flag("download")};
    std::filesystem::path folder;
    host.once_per_job([&] { folder = cifar::provide_files(layout_, source, host); });
    // The other processes find what the first has downloaded and unpacked.
    if (folder.empty()) folder = cifar::provide_files(layout_, source, host);
    class_names_ = cifar::read_class_names(layout_, folder / layout_.names_file);

    std::vector<std::filesystem::path> train_files;
    for (const auto& name : layout_.train_files) train_files.push_back(folder / name);
    const std::vector<std::filesystem::path> test_files{folder / layout_.test_file};
    std::vector<std::filesystem::path> files = train_files;
    files.push_back(test_files.front());
    std::vector<std::future<std::string>> digests;  // computed while the records are read
    for (const auto& file : files) {
      digests.push_back(
          std::async(std::launch::async, [&file] { return cifar::verified_sha256(file); }));
    }
    train_ = cifar::read_records(layout_, train_files, layout_.records_per_train_file);
    test_ = cifar::read_records(layout_, test_files, layout_.records_in_test_file);
    held_out_ =
        cifar::hold_out(train_.labels, layout_.classes, parameters.integer("validation"),
                        parameters.integer("limit_per_class"), parameters.integer("split_seed"));

    provenance_ = {{"folder", folder.string()},
                   {"train_split_sha256", sla::index_digest(held_out_.train)},
                   {"validation_split_sha256", sla::index_digest(held_out_.validation)}};
    for (size_t i = 0; i < files.size(); ++i) {
      provenance_[files[i].filename().string() + "_sha256"] = digests[i].get();
    }
  }

  sla::ImageShape image_shape() const override { return {}; }

  const std::vector<std::string>& class_names() const override { return class_names_; }

  at::Tensor labels(sla::Split split) const override {
    if (split == sla::Split::test) return test_.labels;
    return train_.labels.index_select(0, positions(split));
  }

  sla::Batch batch(const sla::Request& request) const override {
    if (request.split == sla::Split::test) return gather(test_, request.indices);
    return gather(train_, positions(request.split).index_select(0, request.indices));
  }

  std::map<std::string, std::string> provenance() const override { return provenance_; }

 private:
  static std::filesystem::path root(const std::string& parameter) {
    if (!parameter.empty()) return parameter;
    const char* variable = std::getenv("SLA_DATA");
    return variable != nullptr ? variable : "";
  }

  static sla::Batch gather(const cifar::Records& records, const at::Tensor& indices) {
    return {records.images.index_select(0, indices), records.labels.index_select(0, indices)};
  }

  const at::Tensor& positions(sla::Split split) const {
    return split == sla::Split::train ? held_out_.train : held_out_.validation;
  }

  cifar::Layout layout_;
  std::vector<std::string> class_names_;
  cifar::Records train_;  // the train and validation splits
  cifar::Records test_;
  cifar::HeldOut held_out_;
  std::map<std::string, std::string> provenance_;
};

}  // namespace

SLA_PLUGIN("1.0.0", sla::component<Cifar>("cifar", "CIFAR-10 and CIFAR-100, official binary files"))
