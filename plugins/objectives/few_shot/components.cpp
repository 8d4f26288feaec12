#include <sla/plugin.h>

#include "few_shot.h"
#include "heads.h"

namespace few_shot {

namespace {

class Prototypical final : public EpisodicFewShot {
 public:
  Prototypical(const sla::Parameters& parameters, const sla::Task& task, sla::Model&, sla::Host&)
      : EpisodicFewShot(parameters, task) {}

 private:
  at::Tensor class_logits(const at::Tensor& support, const at::Tensor& query) const override {
    return prototype_logits(support, query);
  }
};

class Ridge final : public EpisodicFewShot {
 public:
  static std::vector<sla::Parameter> parameters() {
    auto all = EpisodicFewShot::parameters();
    all.push_back(
        {.name = "lambda", .default_value = 50.0, .help = "regularisation", .minimum = 1e-3});
    return all;
  }

  Ridge(const sla::Parameters& parameters, const sla::Task& task, sla::Model&, sla::Host&)
      : EpisodicFewShot(parameters, task), lambda_(parameters.number("lambda")) {}

 private:
  at::Tensor class_logits(const at::Tensor& support, const at::Tensor& query) const override {
    return ridge_logits(support, query, lambda_);
  }

  double lambda_;
};

class SupportVectorMachine final : public EpisodicFewShot {
 public:
  static std::vector<sla::Parameter> parameters() {
    auto all = EpisodicFewShot::parameters();
    all.push_back({.name = "penalty",
                   .default_value = 0.1,
                   .help = "C, the maximum weight of a support image",
                   .minimum = 1e-3,
                   .maximum = 10});
    return all;
  }

  SupportVectorMachine(const sla::Parameters& parameters, const sla::Task& task, sla::Model&,
                       sla::Host&)
      : EpisodicFewShot(parameters, task), penalty_(parameters.number("penalty")) {}

 private:
  at::Tensor class_logits(const at::Tensor& support, const at::Tensor& query) const override {
    return svm_logits(support, query, penalty_);
  }

  double penalty_;
};

}  // namespace

}  // namespace few_shot

SLA_PLUGIN("1.0.0",
           sla::component<few_shot::Prototypical>("prototypical", "Few-shot: nearest class mean"),
           sla::component<few_shot::Ridge>("ridge", "Few-shot: ridge regression"),
           sla::component<few_shot::SupportVectorMachine>(
               "svm", "Few-shot: differentiable support vector machine"),
           sla::component<few_shot::PretrainedFewShot>(
               "pretrained", "Few-shot: ordinary pre-training, then nearest class mean"))
