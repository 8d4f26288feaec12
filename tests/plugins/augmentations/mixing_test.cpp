#include <ATen/ops/arange.h>
#include <ATen/ops/zeros.h>

#include <cmath>

#include "host/training/step.h"
#include "tests/catch.h"
#include "tests/support/assemblies.h"
#include "tests/support/augmented.h"

namespace {

std::string mixing(const std::string& component, const std::string& more = "") {
  return "{ plugin = 'mixing', component = '" + component + "'" + more + " }";
}

/// 6 images of 3 x 8 x 10 that differ in every pixel.
at::Tensor images_of(at::ScalarType type) {
  const auto numbers = at::arange(6 * 3 * 8 * 10, at::kLong);
  const auto bytes = (numbers * 97 + numbers * numbers).remainder(256).view({6, 3, 8, 10});
  return type == at::kByte ? bytes.to(type) : bytes.to(type) / 255;
}

sla::BatchRandom random_of(int64_t seed, int64_t images) {
  return sla::BatchRandom::whole(sla::RandomStream(static_cast<uint64_t>(seed)), images);
}

/// The shares of many batches of two tiny images.
std::vector<double> shares(const std::string& augmentation, int64_t count = 2000) {
  const auto assembly =
      tests::assembly_of("objective.plugin = 'baseline'\naugmentation = " + augmentation);
  std::vector<double> found;
  for (int64_t seed = 0; seed < count; ++seed) {
    sla::Batch batch{at::zeros({2, 1, 40, 40}), at::arange(2, at::kLong)};
    assembly.augmentations.mixing()->object()->apply(batch, random_of(seed, 2));
    found.push_back(batch.mixed->share.item<double>());
  }
  return found;
}

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

double variance_of(std::vector<double> values) {
  const double mean = mean_of(values);
  for (double& value : values) value = (value - mean) * (value - mean);
  return mean_of(values);
}

}  // namespace

TEST_CASE("mixup gives weighted means of images, and both labels", "[augmentations]") {
  const auto type = GENERATE(at::kByte, at::kFloat, at::kDouble);
  const auto images = images_of(type);
  const auto batch = tests::augmented(mixing("mixup"), images);
  REQUIRE(batch.mixed);
  CHECK(batch.labels.equal(at::arange(6, at::kLong)));
  const double share = batch.mixed->share.item<double>();
  CHECK((0 < share && share < 1));
  // Labels are positions: the other labels tell the other images, a permutation.
  const auto& others = batch.mixed->labels;
  CHECK(std::get<0>(others.sort()).equal(batch.labels));
  const auto exact =
      share * images.to(at::kDouble) + (1 - share) * images.index_select(0, others).to(at::kDouble);
  const auto found = batch.images.to(at::kDouble);
  CHECK(tests::distance(found, exact) < (type == at::kByte ? 0.5001 : 1e-6));
}

TEST_CASE("CutMix pastes a box, and its share is that of the pixels that stayed",
          "[augmentations]") {
  const auto type = GENERATE(at::kByte, at::kFloat);
  const auto images = images_of(type);
  int boxes = 0;
  for (int64_t seed = 0; seed < 200; ++seed) {
    const auto batch = tests::augmented(mixing("cutmix"), images, random_of(seed, 6));
    const auto others = images.index_select(0, batch.mixed->labels);
    for (int64_t b = 0; b < 6; ++b) {
      if (batch.mixed->labels[b].item<int64_t>() == b) continue;
      const auto pasted = batch.images[b].ne(images[b]).all(0);
      const double area = pasted.to(at::kDouble).mean().item<double>();
      CHECK(batch.mixed->share.item<double>() == Approx(1 - area));
      CHECK(batch.images[b].equal(at::where(pasted, others[b], images[b])));
      // A full box: as many pixels as its rows times its columns.
      const auto rows = pasted.any(1).sum().item<int64_t>();
      const auto columns = pasted.any(0).sum().item<int64_t>();
      CHECK(pasted.sum().item<int64_t>() == rows * columns);
      ++boxes;
    }
  }
  CHECK(boxes > 800);
}

TEST_CASE("the share is from a beta distribution", "[augmentations]") {
  const double alpha = GENERATE(0.01, 0.2, 1.0, 4.0);
  const auto found = shares(mixing("mixup", ", alpha = " + std::to_string(alpha)));
  for (const double share : found) CHECK((0 <= share && share <= 1));
  // Beta(a, a) has mean 1/2, variance 1 / (4 (2 a + 1)), kurtosis 3 - 6 / (2 a + 3).
  CHECK(mean_of(found) == Approx(0.5).margin(0.04));
  CHECK(variance_of(found) == Approx(1 / (4 * (2 * alpha + 1))).epsilon(0.06));
  std::vector<double> fourth;
  for (const double share : found) fourth.push_back(std::pow(share - 0.5, 4));
  const double variance = variance_of(found);
  CHECK(mean_of(fourth) / (variance * variance) == Approx(3 - 6 / (2 * alpha + 3)).epsilon(0.1));
}

TEST_CASE("CutMix's box is clipped at the border", "[augmentations]") {
  // Unclipped, the mean of the share would be 1/2 (less rounding). A side of r with a uniform
  // centre keeps r - r^2/4 of it, and r^2 is uniform: E (r - r^2/4)^2 = 1/2 - 1/5 + 1/48.
  const double area = 0.5 - 0.2 + 1.0 / 48;
  CHECK(mean_of(shares(mixing("cutmix"))) == Approx(1 - area).margin(0.03));
}

TEST_CASE("batches are mixed with the probability asked for", "[augmentations]") {
  const std::string component = GENERATE("mixup", "cutmix");
  const auto found = shares(mixing(component, ", probability = 0.3"));
  const auto whole = std::count(found.begin(), found.end(), 1.0);
  CHECK(static_cast<double>(whole) / 2000 == Approx(0.7).margin(0.05));
  const auto images = images_of(at::kByte);
  CHECK(tests::augmented(mixing(component, ", probability = 0"), images).images.equal(images));
}

TEST_CASE("each part of a batch is mixed by itself", "[augmentations]") {
  const std::string component = GENERATE("mixup", "cutmix");
  const auto images = images_of(at::kByte);
  const auto part = [&](const std::vector<int64_t>& places) {
    return tests::augmented(mixing(component), images.slice(0, places.front(), places.back() + 1),
                            {sla::RandomStream(5), places});
  };
  const auto first = part({0, 1, 2});
  CHECK(first.images.equal(part({0, 1, 2}).images));
  CHECK(first.mixed->labels.max().item<int64_t>() < 3);
  CHECK(first.mixed->share.item<double>() != part({3, 4, 5}).mixed->share.item<double>());
}

TEST_CASE("an objective learns mixed images by the shares of both labels", "[augmentations]") {
  const std::string component = GENERATE("mixup", "cutmix");
  const std::string experiment =
      "objective.plugin = 'baseline'\ntraining.precision = 'fp64'\naugmentation = ";
  const auto loss = [&](const sla::Batch& batch) {
    const auto assembly = tests::assembly_of(experiment + mixing(component));
    assembly.network->train();
    host::training::Step step(assembly, 1);
    return step(0, batch).total.item<double>();
  };
  const auto assembly = tests::assembly_of(experiment + mixing(component));
  auto batch = assembly.training_loader(assembly.training_sampler(), 0, 1)->next();
  REQUIRE(batch.mixed);
  const double share = batch.mixed->share.item<double>();
  const double mixed = loss(batch);
  auto own = batch;
  own.mixed.reset();
  auto other = own;
  other.labels = batch.mixed->labels;
  CHECK(mixed == Approx(share * loss(own) + (1 - share) * loss(other)).epsilon(1e-12));
}
