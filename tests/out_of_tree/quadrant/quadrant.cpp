// Rotates one quadrant of each image by a multiple of 90 degrees; the network predicts the class
// and, with a second head of 16 outputs, the quadrant and its rotation.
#include <sla/augmentation.h>
#include <sla/joint_labels.h>
#include <sla/model.h>
#include <sla/objective.h>
#include <sla/plugin.h>

#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/rot90.h>

namespace {

/// Annotates each image with "turned": [B] int64, 4 * quadrant + quarter turns.
class TurnedQuadrant final : public sla::Augmentation {
 public:
  TurnedQuadrant(const sla::Parameters&, sla::Host&) {}

  void apply(sla::Batch& batch, const sla::BatchRandom& random) const override {
    const int64_t side = std::min(batch.images.size(2), batch.images.size(3)) / 2;
    const at::Tensor turned = at::empty_like(batch.labels);
    for (int64_t b = 0; b < batch.images.size(0); ++b) {
      const int64_t drawn = random.image(b).below(16);
      turned[b] = drawn;
      auto quadrant =
          batch.images[b].narrow(1, drawn / 8 * side, side).narrow(2, drawn / 4 % 2 * side, side);
      quadrant.copy_(quadrant.rot90(drawn % 4, {1, 2}).clone());
    }
    batch.annotations["turned"] = turned;
  }
};

/// CE(head_N(x), y) + CE(head_16(x), turned), on untransformed images.
class ClassAndTurn final : public sla::Objective {
 public:
  ClassAndTurn(const sla::Parameters&, const sla::Task& task, sla::Model& model, sla::Host&)
      : transformations_(task.transformations),
        class_head_(register_module("0", model.make_head(task.classes))),
        turn_head_(register_module("1", model.make_head(16))) {}

  sla::Needs needs() const override { return {.views = sla::Views::identity}; }

  sla::Loss loss(const sla::Embedding& embedding, const sla::Phase&) override {
    const auto& turned = sla::annotation(embedding.batch, "turned");
    const auto turns = turn_head_->forward(embedding.features);
    sla::Loss loss{{"class", at::cross_entropy_loss(class_head_->forward(embedding.features),
                                                    embedding.batch.labels)},
                   {"turn", at::cross_entropy_loss(turns, turned)}};
    loss.logged["turn_accuracy"] = turns.argmax(1).eq(turned).to(at::kFloat).mean() * 100;
    return loss;
  }

  std::vector<sla::Prediction> predictions() const override { return {{"single"}}; }

  at::Tensor predict(std::string_view, const sla::Embedding& embedding) override {
    return class_head_->forward(sla::identity_rows(embedding, transformations_));
  }

 private:
  int64_t transformations_;
  std::shared_ptr<sla::Head> class_head_;
  std::shared_ptr<sla::Head> turn_head_;
};

}  // namespace

SLA_PLUGIN("1.0.0", sla::component<TurnedQuadrant>("turned_quadrant", "Rotates a quadrant"),
           sla::component<ClassAndTurn>("class_and_turn",
                                        "Predicts the class and the rotated quadrant"))
