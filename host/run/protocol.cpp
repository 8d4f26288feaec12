#include "host/run/protocol.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <set>
#include <tuple>

#include "host/base/errors.h"
#include "host/base/metric_name.h"
#include "host/evaluation/evaluation.h"
#include "host/experiment/suggest.h"
#include "host/run/shared_images.h"

namespace host::run {

namespace {

constexpr const char* kChosenOnTest = "the checkpoint is chosen on the test split";
constexpr const char* kImagesShared = "the validation split shares images with the test split";
constexpr const char* kTestTrained = "the training split shares images with the test split";
constexpr const char* kValidationTrained =
    "the training split shares images with the validation split";
constexpr const char* kClassesShown = "validation shows classes of the test split";
const std::vector<std::string> kKnown{kChosenOnTest, kImagesShared, kTestTrained,
                                      kValidationTrained, kClassesShown};

// Real datasets contain a few duplicates: ten of CIFAR-100's training images are also test
// images.
constexpr double kTwinsAllowed = 0.01;

std::set<int64_t> classes_of(const assembly::Assembly& assembly, sla::Split split) {
  const auto labels = assembly.dataset.labels(split);
  const auto* first = labels.data_ptr<int64_t>();
  return {first, first + labels.numel()};
}

std::set<int64_t> common(const std::set<int64_t>& a, const std::set<int64_t>& b) {
  std::set<int64_t> both;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::inserter(both, both.end()));
  return both;
}

/// Takes an exception's text for [protocol] accept, the table and key behind it, and the finding.
using Report = std::function<void(const std::string& words, const std::string& table,
                                  const std::string& key, const std::string& finding)>;

void find_departures(const assembly::Assembly& assembly, const std::string& select,
                     const Report& report) {
  if (MetricName::parse(select).split == "test") {
    report(kChosenOnTest, "training", "select", "training.select = \"" + select + "\"");
  }
  const auto test = classes_of(assembly, sla::Split::test);
  const auto shown = common(classes_of(assembly, sla::Split::validation), test);
  const bool new_classes = common(classes_of(assembly, sla::Split::train), test).empty();
  if (new_classes && !shown.empty()) {
    report(kClassesShown, "dataset", "plugin",
           fmt::format("{} of the {} test classes, which training never shows, are "
                       "in the validation split",
                       shown.size(), test.size()));
  }
  const SharedImages shared = shared_images(assembly);
  for (const auto& [words, share, images, others] :
       {std::tuple(kTestTrained, shared.test_in_training, "test", "training"),
        std::tuple(kValidationTrained, shared.validation_in_training, "validation", "training"),
        std::tuple(kImagesShared, shared.validation_in_test, "validation", "test")}) {
    if (share == 0) continue;
    const std::string finding =
        fmt::format("{:.1f} % of the {} images are {} images", 100 * share, images, others);
    if (share > kTwinsAllowed)
      report(words, "dataset", "plugin", finding);
    else
      spdlog::info("{}; few enough to be duplicates in the dataset", finding);
  }
}

}  // namespace

std::vector<std::string> check_protocol(const assembly::Assembly& assembly,
                                        const std::string& select) {
  const std::string place =
      experiment::place_of(assembly.experiment.document, "protocol", "accept");
  const auto& accepted = assembly.experiment.protocol.accept;
  for (const std::string& words : accepted) {
    if (std::find(kKnown.begin(), kKnown.end(), words) != kKnown.end()) continue;
    throw ExperimentError(place + "[protocol] accept: unknown exception '" + words + "'" +
                          experiment::suggest(words, kKnown));
  }
  if (assembly.dataset.size(sla::Split::test) == 0) {
    throw ExperimentError(experiment::place_of(assembly.experiment.document, "dataset", "plugin") +
                          "the test split is empty, so there would be no result; give the dataset "
                          "test images");
  }
  std::vector<std::string> departures;
  find_departures(
      assembly, select,
      [&](const std::string& words, const std::string& table, const std::string& key,
          const std::string& finding) {
        if (std::find(accepted.begin(), accepted.end(), words) == accepted.end()) {
          auto all = accepted;
          all.push_back(words);
          throw ExperimentError(
              experiment::place_of(assembly.experiment.document, table, key) + finding +
              "; test results would be too optimistic. Fix it or, if it is deliberate, accept it: "
              "every report will then say so: [protocol] accept = " +
              sla::to_toml(sla::ParameterValue(all)));
        }
        spdlog::warn("accepted by the experiment: {}", words);
        departures.push_back(words);
      });
  return departures;
}

}  // namespace host::run
