#include <sla/derived_dataset.h>
#include <sla/digest.h>
#include <sla/plugin.h>

#include <ATen/ops/bincount.h>

#include "index_list.h"

namespace {

/// A dataset whose training split is reduced to a long tail; validation and test are
/// unchanged.
class LongTail final : public sla::DerivedDataset {
 public:
  static std::vector<sla::Parameter> parameters() {
    return {{.name = "profile",
             .default_value = "exp",
             .help = "how class sizes decrease: exponentially, or in one step at half the classes",
             .choices = {"exp", "step"}},
            {.name = "ratio",
             .default_value = 100.0,
             .help = "size of the largest class divided by that of the smallest",
             .minimum = 1,
             .maximum = 1000},
            {.name = "seed",
             .default_value = 0,
             .help = "which images to keep; separate from the run's seed, so runs stay comparable",
             .minimum = 0},
            {.name = "index_file",
             .default_value = "",
             .help = "long_tail.json of an earlier run: train on exactly its images",
             .is_path = true},
            {.name = "many_above",
             .default_value = 100,
             .help = "classes with more training images are scored as 'many'",
             .minimum = 0},
            {.name = "few_below",
             .default_value = 20,
             .help = "classes with fewer training images are scored as 'few', the rest as 'medium'",
             .minimum = 0}};
  }

  LongTail(const sla::Parameters& parameters, std::shared_ptr<const sla::Dataset> from, sla::Host&)
      : DerivedDataset(std::move(from)),
        many_above_(parameters.integer("many_above")),
        few_below_(parameters.integer("few_below")) {
    const long_tail::Recipe recipe{parameters.text("profile"), parameters.number("ratio"),
                                   parameters.integer("seed")};
    const at::Tensor source_labels = source().labels(sla::Split::train);
    const std::string& file = parameters.text("index_file");
    indices_ = file.empty() ? long_tail::draw(recipe, source_labels, class_names())
                            : long_tail::read_document(file, recipe, source_labels);
    labels_ = source_labels.index_select(0, indices_);
    document_ = long_tail::to_document(indices_, recipe, source_labels);
  }

  at::Tensor labels(sla::Split split) const override {
    return split == sla::Split::train ? labels_ : source().labels(split);
  }

  sla::Batch batch(const sla::Request& request) const override {
    if (request.split != sla::Split::train) return source().batch(request);
    return source().batch(request.at_positions(indices_.index_select(0, request.indices)));
  }

  /// A source would sample positions of its own training split, not of the reduced one.
  std::unique_ptr<sla::Sampler> sampler(sla::Split split, int64_t batch_size,
                                        sla::RandomStream random) const override {
    if (split == sla::Split::train) {
      require_no_training_sampler(batch_size);
      return nullptr;
    }
    return source().sampler(split, batch_size, random);
  }

  std::map<std::string, std::vector<int64_t>> class_groups() const override {
    auto groups = source().class_groups();
    const at::Tensor counts = labels_.bincount({}, std::ssize(class_names()));
    const auto* count = counts.data_ptr<int64_t>();
    for (int64_t c = 0; c < counts.numel(); ++c) {
      const char* group = "medium";
      if (count[c] > many_above_) group = "many";
      if (count[c] < few_below_) group = "few";
      groups[group].push_back(c);
    }
    return groups;
  }

  std::map<std::string, std::string> provenance() const override {
    auto facts = source().provenance();
    facts["long_tail_images"] = std::to_string(indices_.numel());
    facts["long_tail_sha256"] = sla::index_digest(indices_);
    return facts;
  }

  std::map<std::string, std::string> documents() const override {
    auto documents = source().documents();
    documents["long_tail.json"] = document_;
    return documents;
  }

 private:
  int64_t many_above_;
  int64_t few_below_;
  at::Tensor indices_;  // sorted positions in the source's training split
  at::Tensor labels_;
  std::string document_;
};

}  // namespace

SLA_PLUGIN("1.0.0",
           sla::component<LongTail>(
               "long_tail", "Any dataset, with its training classes reduced to a long tail"))
