#include <sla/joint_labels.h>
#include <sla/model.h>
#include <sla/objective.h>
#include <sla/plugin.h>

#include <ATen/core/Reduction.h>
#include <ATen/ops/cross_entropy_loss.h>

namespace {

/// Self-supervised label augmentation with label smoothing: cross-entropy over the N*M joint
/// labels y*M + j, with a share of the weight spread evenly over all of them.
class MyPlugin final : public sla::Objective {
 public:
  static std::vector<sla::Parameter> parameters() {
    return {{.name = "smoothing",
             .default_value = 0.1,
             .help = "label smoothing of the joint labels",
             .minimum = 0,
             .maximum = 0.9}};
  }

  // The model creates the heads; whatever is registered here is trained and saved.
  MyPlugin(const sla::Parameters& parameters, const sla::Task& task, sla::Model& model, sla::Host&)
      : transformations_(task.transformations),
        smoothing_(parameters.number("smoothing")),
        head_(register_module("0", model.make_head(task.classes * task.transformations))) {}

  // By default gets all rows; row b*M + j is transformation j of image b. needs() can request the
  // identity rows only, several augmented copies of each image, or feature maps.
  sla::Loss loss(const sla::Embedding& embedding, const sla::Phase&) override {
    const auto targets = sla::joint_labels(embedding.batch.labels, transformations_);
    return {at::cross_entropy_loss(head_->forward(embedding.features), targets, /*weight=*/{},
                                   at::Reduction::Mean, /*ignore_index=*/-100, smoothing_)};
  }

  // The host scores each of these; the experiment names the one that selects the best checkpoint.
  std::vector<sla::Prediction> predictions() const override {
    return {{"aggregated", sla::Views::all}, {"single", sla::Views::identity}};
  }

  at::Tensor predict(std::string_view name, const sla::Embedding& embedding) override {
    if (name == "single") {
      const auto identity = sla::identity_rows(embedding, transformations_);
      return sla::single_logits(head_->forward(identity), transformations_);
    }
    return sla::aggregated_logits(head_->forward(embedding.features), transformations_);
  }

 private:
  int64_t transformations_;
  double smoothing_;
  std::shared_ptr<sla::Head> head_;
};

}  // namespace

SLA_PLUGIN("0.1.0", sla::component<MyPlugin>("my_plugin", "SLA with smoothed joint labels"))
