#include <ATen/ops/arange.h>
#include <ATen/ops/tensor.h>

#include <sla/episode.h>

#include <algorithm>
#include <optional>
#include <set>

#include "host/experiment/experiment.h"
#include "tests/catch.h"
#include "tests/support/assemblies.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/shared_files.h"

namespace {

using sla::Split;

/// Episodes over synthetic images of 8 classes, 3 of them for training; `keys` of episodes.
host::assembly::Assembly episodes(const std::string& keys, const std::string& more = "") {
  return tests::assembly_of(
      more +
      "objective = { plugin = 'few_shot', component = 'prototypical' }\n[dataset]\n"
      "plugin = 'episodes'\nway = 2\nshot = 2\nquery = 3\nevaluation_way = 2\n"
      "evaluation_shot = 1\nevaluation_query = 4\n" +
      keys +
      "\nsource = { plugin = 'synthetic', classes = 8, train = 160, validation = 40, test = 40 "
      "}\n");
}

const std::string kLists =
    "validation_classes = ['stripes1', 'stripes2']\n"
    "test_classes = ['stripes0', 'stripes5', 'stripes7']\n";

std::set<int64_t> values(const at::Tensor& tensor) {
  const auto* first = tensor.data_ptr<int64_t>();
  return {first, first + tensor.numel()};
}

}  // namespace

TEST_CASE("all images of a class belong to its split", "[datasets]") {
  const auto assembly = episodes(kLists);
  const auto& dataset = *assembly.dataset.object();
  CHECK(dataset.class_names() == std::vector<std::string>{"stripes3", "stripes4", "stripes6",
                                                          "stripes1", "stripes2", "stripes0",
                                                          "stripes5", "stripes7"});
  CHECK(values(dataset.labels(Split::train)) == std::set<int64_t>{0, 1, 2});
  CHECK(values(dataset.labels(Split::validation)) == std::set<int64_t>{3, 4});
  CHECK(values(dataset.labels(Split::test)) == std::set<int64_t>{5, 6, 7});
  // 240 images in all, 30 of each class.
  CHECK(dataset.labels(Split::train).numel() == 90);
  CHECK(dataset.labels(Split::validation).numel() == 60);
  CHECK(dataset.labels(Split::test).numel() == 90);
}

TEST_CASE("an image keeps its content, whichever split of the source it comes from", "[datasets]") {
  const auto assembly = episodes(kLists);
  const auto& dataset = *assembly.dataset.object();
  const auto source = tests::assembly_of(
                          "objective.plugin = 'baseline'\n[dataset]\nplugin = 'synthetic'\n"
                          "classes = 8\ntrain = 160\nvalidation = 40\ntest = 40\n")
                          .dataset;
  // Class stripes1 is number 3: positions 0 to 59 of the validation split alternate between
  // stripes1 and stripes2, 40 from the source's training images, 10 from each of the others.
  const auto batch =
      dataset.batch(sla::Request::plain(Split::validation, at::tensor({59, 0, 41, 1}, at::kLong)));
  const auto picture = [&](Split split, int64_t index) {
    return source.object()
        ->batch(sla::Request::plain(split, at::tensor({index}, at::kLong)))
        .images[0];
  };
  CHECK(batch.labels.equal(at::tensor({4, 3, 4, 4}, at::kLong)));
  CHECK(batch.images[0].equal(picture(Split::test, 34)));
  CHECK(batch.images[1].equal(picture(Split::train, 1)));
  CHECK(batch.images[2].equal(picture(Split::validation, 2)));
  CHECK(batch.images[3].equal(picture(Split::train, 2)));
  CHECK(dataset.batch(sla::Request::plain(Split::test, at::arange(0, at::kLong))).images.sizes() ==
        at::IntArrayRef({0, 3, 32, 32}));
}

TEST_CASE("an episode has way classes and different images of each", "[datasets]") {
  const auto assembly = episodes(kLists + "episodes_per_batch = 3\nbatches_per_epoch = 4\n");
  const auto sampler = assembly.training_sampler();
  CHECK(sampler->batches_per_pass() == 4);
  const auto labels = assembly.dataset.object()->labels(Split::train);
  std::set<std::vector<int64_t>> pairs;
  for (int64_t number = 0; number < 30; ++number) {
    const auto draw = sampler->draw(number);
    REQUIRE(draw.episodes);
    const auto [episodes, way, shot, query] = *draw.episodes;
    CHECK(std::array{episodes, way, shot, query} == std::array<int64_t, 4>{3, 2, 2, 3});
    REQUIRE(draw.indices.numel() == 3 * 2 * 5);
    for (const auto& episode : draw.indices.chunk(3)) {
      CHECK(values(episode).size() == 10);  // no image twice
      const auto classes = labels.index_select(0, episode).view({2, 5});
      CHECK(classes.eq(classes.select(1, 0).unsqueeze(1)).all().item<bool>());
      const auto first = classes[0][0].item<int64_t>();
      const auto second = classes[1][0].item<int64_t>();
      CHECK(first != second);
      pairs.insert({first, second});
    }
  }
  CHECK(pairs.size() == 6);  // every ordered pair of the three classes occurs
}

TEST_CASE("an episode is a function of the seed and its number", "[datasets]") {
  const auto drawn = [](const std::string& keys, const std::string& more, int64_t batches) {
    const auto sampler = episodes(kLists + keys, more).training_sampler();
    std::vector<at::Tensor> episodes;
    for (int64_t number = 0; number < batches; ++number) {
      const auto draw = sampler->draw(number);
      for (const auto& episode : draw.indices.chunk(draw.episodes.value().episodes)) {
        episodes.push_back(episode);
      }
    }
    return episodes;
  };
  const auto by_one = drawn("episodes_per_batch = 1\nbatches_per_epoch = 5\n", "", 12);
  const auto by_four = drawn("episodes_per_batch = 4\nbatches_per_epoch = 5\n", "", 3);
  const auto other = drawn("episodes_per_batch = 1\nbatches_per_epoch = 5\n", "seed = 1\n", 12);
  REQUIRE(by_one.size() == by_four.size());
  int64_t same = 0;
  for (size_t i = 0; i < by_one.size(); ++i) {
    CHECK(by_one[i].equal(by_four[i]));
    same += static_cast<int64_t>(by_one[i].equal(other[i]));
  }
  CHECK(same == 0);
}

TEST_CASE("an evaluation has the configured episodes, the last batch the rest", "[datasets]") {
  const auto assembly = episodes(
      kLists + "test_episodes = 5\nvalidation_episodes = 4\nevaluation_episodes_per_batch = 2\n");
  const auto sampler = assembly.evaluation_sampler(Split::test);
  CHECK(sampler->batches_per_pass() == 3);
  CHECK(sampler->draw(2).episodes.value().episodes == 1);
  CHECK(sampler->draw(2).indices.numel() == 2 * 5);
  CHECK(assembly.evaluation_sampler(Split::validation)->batches_per_pass() == 2);
  // Validation sees only its own two classes.
  const auto labels = assembly.dataset.object()->labels(Split::validation);
  for (int64_t number = 0; number < 2; ++number) {
    const auto seen = assembly.evaluation_sampler(Split::validation)->draw(number).indices;
    CHECK(values(labels.index_select(0, seen)) == std::set<int64_t>{3, 4});
  }
}

TEST_CASE("impossible episodes are errors that name the cause", "[datasets]") {
  CHECK_THROWS_WITH(episodes(kLists + "episodes_per_batch = 0"),
                    ContainsSubstring("'episodes_per_batch'"));
  CHECK_THROWS_WITH(
      tests::assembly_of("objective.plugin = 'baseline'\n[dataset]\nplugin = 'episodes'\n" +
                         kLists + "source = { plugin = 'synthetic', classes = 8, train = 160 }\n"),
      ContainsSubstring("way = 5, but the training split has only 3 classes"));
  CHECK_THROWS_WITH(
      tests::assembly_of(
          "objective.plugin = 'baseline'\n[dataset]\nplugin = 'episodes'\nway = 3\n" + kLists +
          "source = { plugin = 'synthetic', classes = 8, train = 160 }\n"),
      ContainsSubstring("evaluation_way = 5, but the validation split has only 2 classes"));
  CHECK_THROWS_WITH(
      tests::assembly_of("objective.plugin = 'baseline'\n[dataset]\nplugin = 'episodes'\nway = 3\n"
                         "shot = 20\nquery = 11\nevaluation_way = 2\n" +
                         kLists +
                         "source = { plugin = 'synthetic', classes = 8, train = 160, "
                         "validation = 40, test = 40 }\n"),
      ContainsSubstring("class 'stripes3' of the training split has 30 images, but shot + query = "
                        "31"));
  CHECK_THROWS_WITH(episodes("test_classes = ['stripes0', 'stripes']"),
                    ContainsSubstring("the source has no class 'stripes' as listed for the test "
                                      "split; known: stripes0, stripes1"));
  CHECK_THROWS_WITH(episodes("validation_classes = ['stripes0', 'stripes1']\n"
                             "test_classes = ['stripes2', 'stripes1']"),
                    ContainsSubstring("class 'stripes1' is in the validation split and in the test "
                                      "split"));
  CHECK_THROWS_WITH(episodes("validation_classes = ['stripes0', 'stripes1']"),
                    ContainsSubstring("the test split has no class"));
  // Without lists, the source's own splits apply, and those of synthetic share their classes.
  CHECK_THROWS_WITH(episodes(""), ContainsSubstring("class 'stripes0' is in the training split and "
                                                    "in the validation split"));
}

namespace {

/// The dataset of a few-shot experiment over the real CIFAR-100; null if that is missing.
std::optional<host::plugin::Dataset> few_shot_cifar(const std::string& name) {
  const auto file = tests::shared_file("data/cifar-100-binary.tar.xz");
  if (!file) return std::nullopt;
  const auto experiment = host::experiment::read_experiment(
      SLA_SOURCE_DIRECTORY "/experiments/few_shot.toml",
      {name + ",svm,five_shot",
       {"dataset.source.root=" + file->parent_path().string(), "model.plugin=conv4"}});
  return host::assembly::assemble(experiment).dataset;
}

}  // namespace

TEST_CASE("CIFAR-FS and FC100 divide CIFAR-100 into disjoint classes", "[datasets]") {
  const auto [name, sizes] = GENERATE(std::pair("cifar_fs", std::vector<size_t>{64, 16, 20}),
                                      std::pair("fc100", std::vector<size_t>{60, 20, 20}));
  INFO(name);
  const auto dataset = few_shot_cifar(name);
  if (!dataset) return;
  std::set<int64_t> all;
  size_t i = 0;
  for (const Split split : {Split::train, Split::validation, Split::test}) {
    const auto labels = dataset->object()->labels(split);
    const auto classes = values(labels);
    CHECK(classes.size() == sizes.at(i++));
    CHECK(labels.numel() == 600 * std::ssize(classes));
    all.insert(classes.begin(), classes.end());
  }
  CHECK(all.size() == 100);  // 64 + 16 + 20: no class is in two splits
}

TEST_CASE("FC100's classes are those of its superclasses", "[datasets]") {
  const auto dataset = few_shot_cifar("fc100");
  if (!dataset) return;
  // Each record of CIFAR-100's files begins with the superclass and the class.
  const std::filesystem::path folder = dataset->object()->provenance().at("folder");
  const std::string records = tests::content_of(folder / "train.bin");
  std::map<int64_t, int64_t> superclass;
  for (size_t at = 0; at < records.size(); at += 2 + 3 * 32 * 32) {
    superclass[static_cast<uint8_t>(records[at + 1])] = static_cast<uint8_t>(records[at]);
  }
  const auto source = tests::assembly_of(
                          "objective.plugin = 'baseline'\n[dataset]\n"
                          "plugin = 'cifar'\nroot = '" +
                          folder.parent_path().string() + "'\n")
                          .dataset;
  const auto& fine = source.object()->class_names();
  const auto superclasses = [&](Split split) {
    std::set<int64_t> found;
    for (const int64_t c : values(dataset->object()->labels(split))) {
      const auto& name = dataset->object()->class_names().at(c);
      found.insert(superclass.at(std::find(fine.begin(), fine.end(), name) - fine.begin()));
    }
    return found;
  };
  CHECK(superclasses(Split::validation) == std::set<int64_t>{8, 11, 13, 16});
  CHECK(superclasses(Split::test) == std::set<int64_t>{0, 7, 12, 14});
  CHECK(superclasses(Split::train) == std::set<int64_t>{1, 2, 3, 4, 5, 6, 9, 10, 15, 17, 18, 19});
}

TEST_CASE("test episodes have a seed of their own, not the run's", "[datasets]") {
  const auto first_test_batch = [](const std::string& keys, const std::string& more) {
    return episodes(kLists + keys, more).evaluation_sampler(Split::test)->draw(0).indices;
  };
  const auto episodes = first_test_batch("", "seed = 0\n");
  CHECK(episodes.equal(first_test_batch("", "seed = 7\n")));
  CHECK(!episodes.equal(first_test_batch("evaluation_seed = 7\n", "seed = 0\n")));
}
