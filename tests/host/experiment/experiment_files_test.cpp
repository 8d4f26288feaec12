#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "host/experiment/experiment.h"
#include "host/training/selection.h"
#include "host/training/unused_settings.h"
#include "tests/catch.h"

namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;

const fs::path kFolder = SLA_SOURCE_DIRECTORY "/experiments";

/// Each of `first` with each of `second`; "" means none.
Names product(const Names& first, const Names& second) {
  Names all;
  for (const std::string& a : first) {
    for (const std::string& b : second) all.push_back(a.empty() || b.empty() ? a + b : a + "," + b);
  }
  return all;
}

/// Every intended combination of an experiment file's profiles, except for smoke and quick.
Names combinations_of(const std::string& file) {
  if (file == "imbalanced.toml") {
    const Names datasets =
        product({"cifar10_exp10", "cifar10_exp100", "cifar10_step10", "cifar10_step100",
                 "cifar100_exp10", "cifar100_exp100", "cifar100_step10", "cifar100_step100"},
                {"ce", "cb_rw", "ldam", "ldam_drw"});
    return product(datasets, {"", "sla_ag", "sla_sd"});
  }
  if (file == "few_shot.toml") {
    const Names heads = product({"cifar_fs", "fc100", "mini_imagenet"},
                                {"prototypical", "ridge", "svm", "pretrained"});
    return product(product(heads, {"", "sla"}), {"one_shot", "five_shot"});
  }
  if (file == "photos.toml") {
    return product({"", "ants_and_bees", "tiny_imagenet", "cub200", "mit67", "stanford_dogs",
                    "imagenet", "inaturalist"},
                   {"baseline", "sla", "sla_sd"});
  }
  Names methods = product({"da", "mt", "sla", "sla_sd"},
                          {"rotation", "color_perm", "product12", "product24", "jigsaw", "flip"});
  methods.push_back("baseline");
  for (const std::string& name :
       product(product({"baseline", "sla_sd,rotation"}, {"wrn_40_2", "pyramid_200"}),
               {"cutout", "cutmix", "auto_augment"})) {
    methods.push_back(name);
  }
  for (const std::string& name : product({"baseline", "sla,rotation"},
                                         {"images_50", "images_100", "images_250", "ten_crop"})) {
    methods.push_back(name);
  }
  return product({"cifar10", "cifar100"}, methods);
}

Names parts_of(const std::string& combination) {
  Names parts{""};
  for (const char c : combination) {
    if (c == ',') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

/// Builds the combination on synthetic images; the metrics that select its checkpoint or have
/// published values must exist. Returns its number of published values.
size_t build(const fs::path& file, const std::string& combination) {
  INFO(file << " " << combination);
  const auto experiment = host::experiment::read_experiment(file, {combination, {}});
  CHECK(!experiment.replaced_dataset);
  CHECK_NOTHROW(
      host::experiment::read_experiment(file, {product({combination}, {"quick"})[0], {}}));
  const auto assembly = host::assembly::assemble(
      host::experiment::read_experiment(file, {product({combination}, {"smoke"})[0], {}}));
  CHECK(assembly.experiment.replaced_dataset);
  CHECK(assembly.experiment.published.empty());
  const auto predictions = host::evaluation::chosen_predictions(assembly);
  const host::training::Selection selection(assembly, predictions);
  const host::training::Course course(assembly.experiment, assembly.network->objective(),
                                      assembly.training_sampler()->batches_per_pass());
  CHECK(host::training::unused_settings(assembly, course) == Names{});
  for (const auto& published : experiment.published) {
    CHECK(std::any_of(predictions.begin(), predictions.end(), [&](const auto& prediction) {
      return published.metric == prediction.name + ".accuracy";
    }));
  }
  return experiment.published.size();
}

}  // namespace

TEST_CASE("every combination of every experiment can be read, and built on synthetic images",
          "[experiment]") {
  const std::string file = GENERATE("cifar.toml", "cifar100_jigsaw.toml", "imbalanced.toml",
                                    "few_shot.toml", "photos.toml");
  const auto layers = host::experiment::read_layers(kFolder / file);
  std::set<std::string> used{"smoke", "quick"};
  if (file == "photos.toml") used.insert("hundreds");
  if (file == "few_shot.toml") used.insert("fortieth");
  if (file == "cifar.toml" || file == "cifar100_jigsaw.toml")
    used.merge(std::set<std::string>{"eighth", "full", "hour"});
  CHECK(build(kFolder / file, "") == 0);
  size_t published = 0;
  for (const std::string& combination : combinations_of(file)) {
    published += build(kFolder / file, combination);
    for (const std::string& name : parts_of(combination)) used.insert(name);
  }
  // Every profile is used, and no published value belongs to an impossible combination.
  const auto names = layers.profiles.names();
  CHECK(used == std::set<std::string>(names.begin(), names.end()));
  const auto values = layers.root.find("published");
  CHECK(published == (values == layers.root.end() ? 0 : values->second.array()->size()));
}

TEST_CASE("every experiment file is tested", "[experiment]") {
  std::set<std::string> files;
  for (const auto& entry : fs::directory_iterator(kFolder)) {
    if (entry.is_regular_file()) files.insert(entry.path().filename());
  }
  CHECK(files == std::set<std::string>{"cifar.toml", "cifar100_jigsaw.toml", "few_shot.toml",
                                       "imbalanced.toml", "photos.toml"});
}
