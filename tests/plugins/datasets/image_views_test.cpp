#include <ATen/ops/arange.h>
#include <ATen/ops/tensor.h>

#include <cstdlib>
#include <filesystem>
#include <set>

#include "host/storage/safetensors.h"
#include "tests/catch.h"
#include "tests/support/assemblies.h"
#include "tests/support/empty_cache.h"
#include "tests/support/host_program.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/shared_files.h"
#include "tests/support/skip.h"

// See make_image_files.py for the images, their views and where these come from.
namespace {

namespace fs = std::filesystem;
using sla::Split;
using Tensors = std::map<std::string, at::Tensor>;

const fs::path kHere = SLA_SOURCE_DIRECTORY "/tests/plugins/datasets";

/// The files of reference views, in order.
std::vector<std::string> files_of(const Tensors& views) {
  std::set<std::string> files;
  for (const auto& [name, _] : views) files.insert(name.substr(0, name.rfind('/')));
  return {files.begin(), files.end()};
}

/// The images of `folder`, all for training, in the order of `files`.
host::plugin::Dataset dataset_of(const tests::ScratchFolder& scratch, const fs::path& folder,
                                 const std::vector<std::string>& files,
                                 const std::string& parameters) {
  std::string list;
  for (const auto& file : files) list += file + "," + (list.empty() ? "first" : "other") + "\n";
  scratch.write("train.csv", list);
  if (!fs::exists(scratch / "images")) fs::create_symlink(folder, scratch / "images");
  return tests::assembly_of(
             "objective.plugin = 'baseline'\n[dataset]\nplugin = 'image_folder'\n"
             "held_out_validation = 0\nheld_out_test = 0\nroot = '" +
             scratch.path().string() + "'\n" + parameters)
      .dataset;
}

struct Difference {
  double mean;
  int64_t largest;
};

Difference difference(const at::Tensor& found, const at::Tensor& expected) {
  REQUIRE(found.sizes() == expected.sizes());
  const auto distance = (found.to(at::kLong) - expected.to(at::kLong)).abs();
  return {distance.to(at::kDouble).mean().item<double>(), distance.max().item<int64_t>()};
}

/// One image as evaluation sees it, or as training does with the references' random numbers.
at::Tensor view(const host::plugin::Dataset& dataset, int64_t index, bool augment) {
  const sla::Request request{Split::train, at::tensor({index}, at::kLong), augment,
                             sla::BatchRandom::whole(sla::RandomStream(1), 1)};
  return dataset.object()->batch(request).images[0];
}

}  // namespace

TEST_CASE("every kind of image looks as in Pillow and torchvision", "[datasets]") {
  const tests::EmptyCache cache;
  const tests::ScratchFolder scratch;
  const auto expected = host::storage::read_safetensors(kHere / "image_views.safetensors").tensors;
  const auto files = files_of(expected);
  CHECK(files.size() == 32);
  const fs::path folder = kHere / "image_files";
  const auto dataset = dataset_of(scratch, folder, files, "size = 20\nresize = 24\n");
  const auto bicubic =
      dataset_of(scratch, folder, files, "size = 20\nresize = 24\ninterpolation = 'bicubic'\n");
  for (size_t i = 0; i < files.size(); ++i) {
    const auto index = static_cast<int64_t>(i);
    for (const auto& [name, found] : {std::pair("/central", view(dataset, index, false)),
                                      {"/crop", view(dataset, index, true)},
                                      {"/central_bicubic", view(bicubic, index, false)}}) {
      const std::string key = files[i] + name;
      const auto [mean, largest] = difference(found, expected.at(key));
      INFO(key << " differs by " << mean << " on average, at most " << largest);
      // Bicubic overshoots black and white, and Pillow, which goes right before down, cuts it off
      // elsewhere.
      const bool overshoots = key == "bilevel.png/central_bicubic";
      CHECK(mean < (overshoots ? 4 : 0.25));
      // The large one is decoded at an eighth.
      CHECK(largest <= (overshoots ? 20 : files[i] == "large.jpg" ? 5 : 2));
    }
  }
}

TEST_CASE("photographs look as in Pillow and torchvision", "[torchvision]") {
  const auto archive = tests::shared_file("photos/photos.tar");
  if (!archive) return;
  const char* python = std::getenv("SLA_TORCHVISION");
  if (python == nullptr) {
    return tests::skip("set SLA_TORCHVISION to a Python with torchvision to compare photographs");
  }
  const tests::EmptyCache cache;
  const tests::ScratchFolder scratch;
  const tests::ScratchFolder photos;
  REQUIRE(std::system(("tar -C " + photos.path().string() + " -xf " + archive->string()).c_str()) ==
          0);
  const auto views = scratch / "views.safetensors";
  const auto made =
      tests::run_program(std::string(python) + " '" + (kHere / "make_image_files.py").string() +
                         "' '" + photos.path().string() + "' '" + views.string() + "'");
  INFO(made.output);
  REQUIRE(made.status == 0);
  const auto expected = host::storage::read_safetensors(views).tensors;
  const auto files = files_of(expected);
  CHECK(files.size() == 15);
  const auto dataset = dataset_of(scratch, photos.path(), files, "size = 48\nresize = 56\n");
  for (size_t i = 0; i < files.size(); ++i) {
    const auto index = static_cast<int64_t>(i);
    for (const auto& [name, found] : {std::pair("/central", view(dataset, index, false)),
                                      {"/crop", view(dataset, index, true)}}) {
      INFO(files[i] << name);
      CHECK(difference(found, expected.at(files[i] + name)).mean <= 2);
    }
  }
}
