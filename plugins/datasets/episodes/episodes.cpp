#include <sla/derived_dataset.h>
#include <sla/digest.h>
#include <sla/error.h>
#include <sla/plugin.h>

#include <ATen/ops/empty.h>
#include <ATen/ops/tensor.h>

#include "class_split.h"
#include "episode_sampler.h"

namespace {

using sla::Split;

/// Few-shot episodes from any dataset, whose classes are divided among training, validation and
/// test.
class Episodes final : public sla::DerivedDataset {
 public:
  static std::vector<sla::Parameter> parameters();

  Episodes(const sla::Parameters& parameters, std::shared_ptr<const sla::Dataset> from, sla::Host&);

  const std::vector<std::string>& class_names() const override { return divided_.class_names; }

  at::Tensor labels(Split split) const override { return of(split).labels; }

  sla::Batch batch(const sla::Request& request) const override;

  std::unique_ptr<sla::Sampler> sampler(Split split, int64_t batch_size,
                                        sla::RandomStream random) const override;

  std::map<std::string, std::vector<int64_t>> class_groups() const override { return {}; }

  std::map<std::string, std::string> provenance() const override;

  std::optional<sla::Exhibit> exhibit(const sla::Batch& batch) const override;

 private:
  struct Plan {
    sla::EpisodeLayout batch;
    int64_t episodes = 0;  // per pass
  };

  const episodes::ClassSplit& of(Split split) const {
    return divided_.splits.at(static_cast<size_t>(split));
  }

  void check(const Plan& plan, Split split, const std::string& prefix) const;

  episodes::ClassSplits divided_;
  std::array<Plan, 3> plans_;  // in the order of sla::Split
  uint64_t evaluation_seed_;
  bool trains_on_episodes_;
};

sla::Parameter count(const char* name, int64_t value, const char* help, double minimum = 1) {
  // Above the maximum, the numbers of images would overflow.
  return {.name = name, .default_value = value, .help = help, .minimum = minimum, .maximum = 1e6};
}

std::vector<sla::Parameter> Episodes::parameters() {
  using Names = std::vector<std::string>;
  return {
      count("way", 5, "classes per training episode", /*minimum=*/2),
      count("shot", 5, "support images per class of a training episode"),
      count("query", 6, "query images per class of a training episode"),
      count("episodes_per_batch", 8, "episodes per training batch; overrides batch_size"),
      count("batches_per_epoch", 1000, "training batches per epoch"),
      count("evaluation_way", 5, "classes per validation or test episode", /*minimum=*/2),
      count("evaluation_shot", 5, "support images per class of such an episode"),
      count("evaluation_query", 15, "query images per class of such an episode"),
      count("validation_episodes", 1000, "episodes per validation"),
      count("test_episodes", 1000, "test episodes"),
      count("evaluation_episodes_per_batch", 4, "episodes scored at once"),
      {.name = "evaluation_seed",
       .default_value = 0,
       .help = "seed of the validation and test episodes; apart from the run's seed, so that runs "
               "are scored on the same episodes",
       .minimum = 0},
      {.name = "validation_classes",
       .default_value = Names{},
       .help = "names of the source's classes used only for validation"},
      {.name = "test_classes",
       .default_value = Names{},
       .help = "names of the classes used only for testing; both lists empty: each split keeps its "
               "classes from the source"},
      {.name = "train_on",
       .default_value = "episodes",
       .help = "images: sample ordinary training batches instead, for pre-training",
       .choices = {"episodes", "images"}}};
}

Episodes::Episodes(const sla::Parameters& parameters, std::shared_ptr<const sla::Dataset> from,
                   sla::Host&)
    : DerivedDataset(std::move(from)),
      divided_(episodes::split_by_class(
          source(), {parameters.texts("validation_classes"), parameters.texts("test_classes")})),
      evaluation_seed_(static_cast<uint64_t>(parameters.integer("evaluation_seed"))),
      trains_on_episodes_(parameters.text("train_on") == "episodes") {
  const auto number = [&](const char* name) { return parameters.integer(name); };
  plans_[0] = {{number("episodes_per_batch"), number("way"), number("shot"), number("query")},
               number("episodes_per_batch") * number("batches_per_epoch")};
  const sla::EpisodeLayout evaluation{number("evaluation_episodes_per_batch"),
                                      number("evaluation_way"), number("evaluation_shot"),
                                      number("evaluation_query")};
  plans_[1] = {evaluation, number("validation_episodes")};
  plans_[2] = {evaluation, number("test_episodes")};
  if (trains_on_episodes_) check(plans_[0], Split::train, "");
  if (!of(Split::validation).images.empty()) check(plans_[1], Split::validation, "evaluation_");
  check(plans_[2], Split::test, "evaluation_");
}

void Episodes::check(const Plan& plan, Split split, const std::string& prefix) const {
  const auto number = static_cast<size_t>(split);
  const auto& classes = of(split).positions;
  const std::string name = episodes::split_name(split);
  if (plan.batch.way > std::ssize(classes)) {
    throw sla::Error(prefix + "way = " + std::to_string(plan.batch.way) + ", but the " + name +
                     " split has only " + std::to_string(classes.size()) + " classes");
  }
  const int64_t needed = plan.batch.shot + plan.batch.query;
  for (size_t c = 0; c < classes.size(); ++c) {
    if (std::ssize(classes[c]) >= needed) continue;
    throw sla::Error(
        "class '" + class_names().at(divided_.first_class.at(number) + c) + "' of the " + name +
        " split has " + std::to_string(classes[c].size()) + " images, but " + prefix + "shot + " +
        prefix + "query = " + std::to_string(needed) + "; lower one of them or exclude the class");
  }
}

sla::Batch Episodes::batch(const sla::Request& request) const {
  const auto& images = of(request.split).images;
  const at::Tensor& indices = request.indices;
  // Images from the same split of the source are read together.
  std::array<std::vector<int64_t>, 3> wanted;
  std::array<std::vector<int64_t>, 3> rows;
  const auto* index = indices.data_ptr<int64_t>();
  for (int64_t row = 0; row < indices.numel(); ++row) {
    const auto& place = images.at(index[row]);
    wanted.at(static_cast<size_t>(place.split)).push_back(place.index);
    rows.at(static_cast<size_t>(place.split)).push_back(row);
  }
  sla::Batch batch;
  for (const Split from : {Split::train, Split::validation, Split::test}) {
    const auto& positions = wanted.at(static_cast<size_t>(from));
    if (positions.empty() && (from != Split::train || indices.numel() > 0)) continue;
    const auto& part_rows = rows.at(static_cast<size_t>(from));
    const at::Tensor part =
        source().batch(request.from(from, at::tensor(positions, at::kLong), part_rows)).images;
    if (!batch.images.defined()) {
      auto shape = part.sizes().vec();
      shape.front() = indices.numel();
      batch.images = at::empty(shape, part.options());
    }
    batch.images.index_copy_(0, at::tensor(part_rows, at::kLong), part);
  }
  batch.labels = of(request.split).labels.index_select(0, indices);
  return batch;
}

std::unique_ptr<sla::Sampler> Episodes::sampler(Split split, int64_t batch_size,
                                                sla::RandomStream random) const {
  if (split == Split::train) require_no_training_sampler(batch_size);
  if (split == Split::train && !trains_on_episodes_) return nullptr;
  if (of(split).images.empty()) return nullptr;
  const Plan& plan = plans_.at(static_cast<size_t>(split));
  const auto fixed = sla::RandomStream(evaluation_seed_).child(static_cast<int64_t>(split));
  return std::make_unique<episodes::EpisodeSampler>(of(split).positions, plan.batch, plan.episodes,
                                                    split == Split::train ? random : fixed);
}

std::map<std::string, std::string> Episodes::provenance() const {
  auto facts = source().provenance();
  for (const auto& [name, number] :
       {std::pair("train", size_t{0}), {"validation", 1}, {"test", 2}}) {
    std::string classes;
    for (int64_t c = divided_.first_class.at(number); c < divided_.first_class.at(number + 1);
         ++c) {
      classes += divided_.class_names.at(c) + "\n";
    }
    facts["few_shot_" + std::string(name) + "_classes_sha256"] =
        sla::digest(sla::Digest::sha256, std::as_bytes(std::span(classes)));
  }
  return facts;
}

std::optional<sla::Exhibit> Episodes::exhibit(const sla::Batch& batch) const {
  if (!trains_on_episodes_) return std::nullopt;
  const auto& [episodes, way, shot, query] = sla::EpisodeLayout::of(batch);
  sla::Exhibit exhibit{.title = "One of " + std::to_string(episodes) + " episodes of a batch: " +
                                std::to_string(way) + " classes, support and query images"};
  for (int64_t i = 0; i < shot; ++i) exhibit.column_names.push_back("support " + std::to_string(i));
  for (int64_t i = 0; i < query; ++i) exhibit.column_names.push_back("query " + std::to_string(i));
  const auto* label = batch.labels.data_ptr<int64_t>();
  for (int64_t c = 0; c < way; ++c) {
    exhibit.row_names.push_back(class_names().at(label[c * (shot + query)]));
  }
  for (int64_t i = 0; i < way * (shot + query); ++i) exhibit.images.push_back(i);
  return exhibit;
}

}  // namespace

SLA_PLUGIN("1.0.0", sla::component<Episodes>("episodes",
                                             "Few-shot episodes from any dataset, split by class"))
