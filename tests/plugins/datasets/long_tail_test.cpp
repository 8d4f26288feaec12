#include <ATen/ops/arange.h>
#include <ATen/ops/bincount.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "host/base/errors.h"
#include "host/storage/safetensors.h"
#include "tests/catch.h"
#include "tests/support/assemblies.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/shared_files.h"

namespace {

using tests::ScratchFolder;

/// A long tail over synthetic images; `keys` of long_tail, `source` of synthetic.
host::plugin::Dataset long_tail(const std::string& keys, const std::string& source) {
  return tests::assembly_of("objective.plugin = 'baseline'\n[dataset]\nplugin = 'long_tail'\n" +
                            keys + "\nsource = { plugin = 'synthetic', " + source + " }\n")
      .dataset;
}

at::Tensor counts(const sla::Dataset& dataset) {
  return dataset.labels(sla::Split::train).bincount({}, std::ssize(dataset.class_names()));
}

}  // namespace

TEST_CASE("class counts are those of the reference", "[oracle]") {
  const auto file = tests::shared_file("oracle/imbalanced.safetensors");
  if (!file) return;
  const auto oracle = host::storage::read_safetensors(*file).tensors;
  for (const std::string classes : {"10", "100"}) {
    for (const std::string profile : {"exp", "step"}) {
      for (const std::string ratio : {"10", "100"}) {
        INFO(classes << " " << profile << " " << ratio);
        const auto dataset = long_tail("profile = '" + profile + "'\nratio = " + ratio,
                                       "train = 50_000, classes = " + classes);
        CHECK(counts(*dataset.object())
                  .equal(oracle.at("counts.c" + classes + "." + profile + "." + ratio)));
      }
    }
  }
}

TEST_CASE("a long tail over CIFAR-100 has 10,847 images at ratio 100", "[datasets]") {
  const auto file = tests::shared_file("data/cifar-100-binary.tar.xz");
  if (!file) return;
  const auto dataset = tests::assembly_of(
                           "objective.plugin = 'baseline'\n[dataset]\nplugin = 'long_tail'\n"
                           "source = { plugin = 'cifar', validation = 0, root = '" +
                           file->parent_path().string() + "' }\n")
                           .dataset;
  CHECK(dataset.object()->labels(sla::Split::train).numel() == 10'847);
  CHECK(dataset.object()->labels(sla::Split::test).numel() == 10'000);
  const auto batch = dataset.object()->batch(
      sla::Request::plain(sla::Split::train, at::tensor({0, 10'846}, at::kLong)));
  const auto labels = dataset.object()->labels(sla::Split::train);
  CHECK(batch.labels.equal(labels.index_select(0, at::tensor({0, 10'846}, at::kLong))));
}

TEST_CASE("a reduced split is part of its source, image by image", "[datasets]") {
  const std::string source = "train = 400, classes = 4, test = 12";
  const auto dataset = long_tail("ratio = 10", source);
  const auto whole = tests::assembly_of(
                         "objective.plugin = 'baseline'\n[dataset]\n"
                         "plugin = 'synthetic'\ntrain = 400\nclasses = 4\n")
                         .dataset;
  const auto labels = dataset.object()->labels(sla::Split::train);
  CHECK(counts(*dataset.object()).equal(at::tensor({100, 46, 21, 10}, at::kLong)));
  const auto all = dataset.object()->batch(
      sla::Request::plain(sla::Split::train, at::arange(labels.numel(), at::kLong)));
  CHECK(all.labels.equal(labels));
  // Every image kept is one of the source's, of the same class, and none is kept twice.
  const auto originals =
      whole.object()->batch(sla::Request::plain(sla::Split::train, at::arange(400, at::kLong)));
  const auto same =
      all.images.flatten(1).unsqueeze(1).eq(originals.images.flatten(1).unsqueeze(0)).all(2);
  CHECK(same.sum(1).eq(1).all().item<bool>());
  CHECK(same.sum(0).le(1).all().item<bool>());
  CHECK(originals.labels.index_select(0, same.to(at::kLong).argmax(1)).equal(labels));
  // The test split stays complete.
  CHECK(dataset.object()->labels(sla::Split::test).numel() == 12);
}

TEST_CASE("the seed chooses the images and a larger ratio keeps fewer of them", "[datasets]") {
  const std::string source = "train = 400, classes = 4";
  const auto hash = [&](const std::string& keys) {
    return long_tail(keys, source).object()->provenance().at("long_tail_sha256");
  };
  CHECK(hash("ratio = 10") == hash("ratio = 10"));
  CHECK(hash("ratio = 10") != hash("ratio = 10\nseed = 1"));
  const auto kept = [&](const std::string& keys) {
    const auto list =
        nlohmann::json::parse(long_tail(keys, source).object()->documents().at("long_tail.json"));
    return list.at("indices").get<std::vector<int64_t>>();  // sorted
  };
  const auto many = kept("ratio = 10");
  const auto fewer = kept("ratio = 20");
  CHECK(fewer.size() < many.size());
  CHECK(std::includes(many.begin(), many.end(), fewer.begin(), fewer.end()));
}

TEST_CASE("an index list is read back, and rejected if it does not match", "[datasets]") {
  const ScratchFolder folder;
  const std::string source = "train = 400, classes = 4";
  const auto drawn = long_tail("ratio = 10\nseed = 3", source);
  const std::string list = drawn.object()->documents().at("long_tail.json");
  const auto file = folder.write("list.json", list).string();
  const auto with = [&](const std::string& path, const std::string& keys, const std::string& from) {
    return long_tail(keys + "\nindex_file = '" + path + "'", from);
  };
  const auto again = with(file, "ratio = 10\nseed = 3", source);
  CHECK(again.object()->documents().at("long_tail.json") == list);
  CHECK(again.object()->labels(sla::Split::train).equal(drawn.object()->labels(sla::Split::train)));

  CHECK_THROWS_WITH(with(file, "ratio = 20\nseed = 3", source),
                    ContainsSubstring("was drawn with exp, ratio 10.0, seed 3, but the experiment "
                                      "says exp, ratio 20.0, seed 3"));
  CHECK_THROWS_WITH(with(file, "ratio = 10\nseed = 3", "train = 404, classes = 4"),
                    ContainsSubstring("was drawn from a different training split"));
  std::string damaged = list;
  damaged[damaged.find('[') + 1] = '7';
  CHECK_THROWS_WITH(
      with(folder.write("damaged.json", damaged).string(), "ratio = 10\nseed = 3", source),
      ContainsSubstring("is damaged"));
  CHECK_THROWS_WITH(
      with(folder.write("cut.json", list.substr(0, 50)).string(), "ratio = 10\nseed = 3", source),
      ContainsSubstring("is damaged"));
  CHECK_THROWS_WITH(with("/no/such/list.json", "ratio = 10\nseed = 3", source),
                    ContainsSubstring("cannot open index_file /no/such/list.json"));
}

TEST_CASE("impossible long tails are errors that name the cause", "[datasets]") {
  CHECK_THROWS_WITH(long_tail("ratio = 0.5", "train = 40, classes = 4"),
                    ContainsSubstring("'ratio' of dataset 'long_tail' must be number, 1 to 1000, "
                                      "not 0.5"));
  CHECK_THROWS_WITH(long_tail("ratio = 100", "train = 40, classes = 4"),
                    ContainsSubstring("class 'stripes2' (2) would lose all its images: ratio = "
                                      "100.0, but the largest class has 10"));
  CHECK_THROWS_WITH(long_tail("ratio = 2", "train = 3, classes = 4"),
                    ContainsSubstring("class 'stripes3' (3) has no training image"));
  CHECK_THROWS_WITH(tests::assembly_of("objective.plugin = 'baseline'\ndataset.plugin = "
                                       "'long_tail'\n"),
                    ContainsSubstring("is made of another dataset; name that one in a table "
                                      "'source'"));
  CHECK_THROWS_WITH(tests::assembly_of("objective.plugin = 'baseline'\n[dataset]\n"
                                       "source = { plugin = 'cifar' }\n"),
                    ContainsSubstring("dataset 'synthetic' has no key 'source'"));
}

TEST_CASE("classes are scored as many, medium and few by their counts", "[datasets]") {
  const auto dataset =
      long_tail("ratio = 40\nmany_above = 100\nfew_below = 20", "train = 800, classes = 4");
  CHECK(counts(*dataset.object()).equal(at::tensor({200, 58, 17, 5}, at::kLong)));
  const std::map<std::string, std::vector<int64_t>> expected{
      {"many", {0}}, {"medium", {1}}, {"few", {2, 3}}};
  CHECK(dataset.object()->class_groups() == expected);
}

TEST_CASE("a dataset that would leave its source's sampling without effect refuses it",
          "[datasets]") {
  for (const std::string wrapper :
       {"plugin = 'long_tail'\nratio = 2\n", "plugin = 'class_sampling'\n",
        "plugin = 'episodes'\nway = 2\nshot = 1\nquery = 1\nevaluation_way = 2\n"
        "evaluation_shot = 1\nevaluation_query = 1\ntest_classes = ['stripes2', 'stripes3']\n"}) {
    const auto assembly = tests::assembly_of(
        "objective.plugin = 'baseline'\n[dataset]\n" + wrapper +
        "[dataset.source]\nplugin = 'class_sampling'\n[dataset.source.source]\n"
        "plugin = 'synthetic'\ntrain = 100\nvalidation = 20\ntest = 20\nclasses = 4\n");
    CHECK_THROWS_WITH(
        assembly.training_sampler(),
        ContainsSubstring("draws its own training batches, which would have no effect"));
  }
}

TEST_CASE("class sampling draws classes with the configured probability", "[datasets]") {
  const auto [sampling, expected] = GENERATE(
      std::pair("uniform", std::vector<double>{100.0 / 177, 46.0 / 177, 21.0 / 177, 10.0 / 177}),
      std::pair("class_balanced", std::vector<double>{0.25, 0.25, 0.25, 0.25}),
      std::pair("square_root",
                std::vector<double>{10 / 24.527, 6.782 / 24.527, 4.583 / 24.527, 3.162 / 24.527}));
  INFO(sampling);
  const auto assembly = tests::assembly_of(
      "objective.plugin = 'baseline'\ntraining.batch_size = 50\n[dataset]\nplugin = "
      "'class_sampling'\nsampling = '" +
      std::string(sampling) +
      "'\n[dataset.source]\n"
      "plugin = 'long_tail'\nratio = 10\n[dataset.source.source]\nplugin = 'synthetic'\n"
      "train = 400\nclasses = 4\n");
  const auto sampler = assembly.training_sampler();
  CHECK(sampler->batches_per_pass() == 4);  // 177 images
  const auto labels = assembly.dataset.object()->labels(sla::Split::train);
  auto drawn = at::zeros({4}, at::kDouble);
  constexpr int64_t kBatches = 400;
  for (int64_t number = 0; number < kBatches; ++number) {
    const auto indices = sampler->draw(number).indices;
    drawn += labels.index_select(0, indices).bincount({}, 4);
  }
  // 20,000 draws: four standard deviations are at most 0.015.
  CHECK(tests::distance(drawn / (50 * kBatches), at::tensor(expected, at::kDouble)) < 0.015);
  // A batch depends only on its number.
  CHECK(sampler->draw(17).indices.equal(assembly.training_sampler()->draw(17).indices));
  CHECK(!sampler->draw(17).indices.equal(sampler->draw(18).indices));
}
