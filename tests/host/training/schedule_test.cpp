#include "host/training/schedule.h"

#include <cmath>

#include "host/base/errors.h"
#include "tests/catch.h"

using host::experiment::ScheduleKind;
using host::experiment::ScheduleOptions;
using host::training::Schedule;

namespace {

constexpr int64_t kTotal = 1000;
constexpr int64_t kPerEpoch = 50;

double factor(const ScheduleOptions& options, int64_t iteration) {
  return Schedule(options, kTotal, kPerEpoch).factor(iteration);
}

}  // namespace

TEST_CASE("multi_step changes the rate exactly at its milestones", "[training]") {
  const ScheduleOptions fractions{
      .kind = ScheduleKind::multi_step, .milestone_fractions = {0.5, 0.75}, .gamma = {0.1}};
  CHECK(factor(fractions, 0) == 1);
  CHECK(factor(fractions, 499) == 1);
  CHECK(factor(fractions, 500) == 0.1);
  CHECK(factor(fractions, 749) == 0.1);
  CHECK(factor(fractions, 750) == Approx(0.01));
  const ScheduleOptions epochs{
      .kind = ScheduleKind::multi_step, .milestone_epochs = {2, 4}, .gamma = {0.06, 0.2}};
  CHECK(factor(epochs, 99) == 1);
  CHECK(factor(epochs, 100) == Approx(0.06));
  CHECK(factor(epochs, 200) == Approx(0.012));
}

TEST_CASE("a milestone is where it says, whatever its product rounds to", "[training]") {
  for (const auto& [fraction, at] :
       {std::pair(0.55, 55), {0.07, 7}, {0.14, 14}, {0.28, 28}, {0.56, 56}, {0.29, 29}}) {
    const ScheduleOptions options{
        .kind = ScheduleKind::multi_step, .milestone_fractions = {fraction}, .gamma = {0.1}};
    const Schedule schedule(options, 100, kPerEpoch);
    CHECK(schedule.factor(at - 1) == 1);
    CHECK(schedule.factor(at) == 0.1);
  }
  // 3 * 0.1 epochs of 100 iterations are 30.000000000000004.
  const Schedule steps({.kind = ScheduleKind::step, .step_epochs = 0.1 + 0.2, .gamma = {0.1}}, 1000,
                       100);
  CHECK(steps.factor(29) == 1);
  CHECK(steps.factor(30) == 0.1);
}

TEST_CASE("a per-epoch warm-up rises once per epoch, as in the LDAM recipe", "[training]") {
  // 0.1 e / 5 in epoch e = 1 to 5, x0.01 after epoch 160, x0.0001 after 180.
  const ScheduleOptions recipe{.kind = ScheduleKind::multi_step,
                               .milestone_epochs = {160, 180},
                               .gamma = {0.01},
                               .warmup_epochs = 5,
                               .warmup_per_epoch = true};
  const auto in_epoch = [&](int64_t epoch, int64_t iteration) {
    return factor(recipe, (epoch - 1) * kPerEpoch + iteration);
  };
  for (int64_t epoch = 1; epoch <= 5; ++epoch) {
    CHECK(in_epoch(epoch, 0) == Approx(static_cast<double>(epoch) / 5));
    CHECK(in_epoch(epoch, kPerEpoch - 1) == Approx(static_cast<double>(epoch) / 5));
  }
  CHECK(in_epoch(6, 0) == 1);
  CHECK(in_epoch(160, kPerEpoch - 1) == 1);
  CHECK(in_epoch(161, 0) == Approx(0.01));
  CHECK(in_epoch(180, kPerEpoch - 1) == Approx(0.01));
  CHECK(in_epoch(181, 0) == Approx(0.0001));
}

TEST_CASE("step, cosine and warm-up follow their formulas", "[training]") {
  const ScheduleOptions step{.kind = ScheduleKind::step, .step_epochs = 3, .gamma = {0.5}};
  CHECK(factor(step, 149) == 1);
  CHECK(factor(step, 150) == 0.5);
  CHECK(factor(step, 300) == 0.25);
  const ScheduleOptions cosine{.kind = ScheduleKind::cosine, .gamma = {0.1}, .final_factor = 0.2};
  CHECK(factor(cosine, 0) == 1);
  CHECK(factor(cosine, 500) == Approx(0.6));
  CHECK(factor(cosine, 1000) == Approx(0.2));
  const ScheduleOptions warm{.kind = ScheduleKind::constant, .gamma = {0.1}, .warmup_epochs = 2};
  CHECK(factor(warm, 0) == Approx(0.01));
  CHECK(factor(warm, 49) == Approx(0.5));
  CHECK(factor(warm, 100) == 1);
}

TEST_CASE("the number of factors must match the milestones", "[training]") {
  const ScheduleOptions options{
      .kind = ScheduleKind::multi_step, .milestone_epochs = {1, 2, 3}, .gamma = {0.1, 0.2}};
  CHECK_THROWS_WITH(Schedule(options, kTotal, kPerEpoch),
                    ContainsSubstring("gamma has 2 factors for 3 milestones"));
}
