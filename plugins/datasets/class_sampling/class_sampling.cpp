#include <sla/class_positions.h>
#include <sla/derived_dataset.h>
#include <sla/plugin.h>

#include <algorithm>
#include <cmath>

#include <ATen/ops/tensor.h>

namespace {

using Positions = std::vector<int64_t>;

/// Samples with replacement: a class with probability proportional to n_c^power, then one of its
/// n_c images uniformly.
class ClassSampler final : public sla::Sampler {
 public:
  ClassSampler(std::vector<Positions> classes, double power, int64_t batch_size,
               sla::RandomStream random)
      : classes_(std::move(classes)), batch_size_(batch_size), random_(random) {
    double total = 0;
    for (const Positions& positions : classes_) {
      size_ += std::ssize(positions);
      if (!positions.empty()) total += std::pow(static_cast<double>(positions.size()), power);
      cumulated_.push_back(total);
    }
  }

  sla::Draw draw(int64_t number) const override {
    auto random = random_.child(number);
    Positions chosen;
    const double total = cumulated_.back();
    for (int64_t b = 0; b < batch_size_; ++b) {
      // Rounding must not select an index past the last class.
      const double point = std::min(random.uniform() * total, std::nextafter(total, 0.0));
      const auto found = std::upper_bound(cumulated_.begin(), cumulated_.end(), point);
      const Positions& positions = classes_[found - cumulated_.begin()];
      chosen.push_back(positions[random.below(std::ssize(positions))]);
    }
    return {at::tensor(chosen, at::kLong)};
  }

  int64_t batches_per_pass() const override { return (size_ + batch_size_ - 1) / batch_size_; }

 private:
  std::vector<Positions> classes_;
  std::vector<double> cumulated_;  // cumulative weights, inclusive
  int64_t size_ = 0;
  int64_t batch_size_;
  sla::RandomStream random_;
};

/// A dataset whose training batches are sampled class by class, with chosen class probabilities.
class ClassSampling final : public sla::DerivedDataset {
 public:
  static std::vector<sla::Parameter> parameters() {
    return {{.name = "sampling",
             .default_value = "class_balanced",
             .help = "class probabilities: proportional to the number of images (uniform), equal "
                     "(class_balanced), or proportional to its square root (square_root)",
             .choices = {"uniform", "class_balanced", "square_root"}}};
  }

  ClassSampling(const sla::Parameters& parameters, std::shared_ptr<const sla::Dataset> from,
                sla::Host&)
      : DerivedDataset(std::move(from)), power_(power_of(parameters.text("sampling"))) {}

  std::unique_ptr<sla::Sampler> sampler(sla::Split split, int64_t batch_size,
                                        sla::RandomStream random) const override {
    if (split != sla::Split::train) return source().sampler(split, batch_size, random);
    require_no_training_sampler(batch_size);
    return std::make_unique<ClassSampler>(
        sla::class_positions(source().labels(split), std::ssize(class_names())), power_, batch_size,
        random);
  }

 private:
  static double power_of(const std::string& sampling) {
    if (sampling == "uniform") return 1;
    return sampling == "square_root" ? 0.5 : 0;
  }

  double power_;
};

}  // namespace

SLA_PLUGIN("1.0.0",
           sla::component<ClassSampling>("class_sampling",
                                         "Any dataset, with training images sampled by class"))
