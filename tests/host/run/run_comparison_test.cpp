#include "host/run/run_comparison.h"

#include <cmath>

#include <ATen/ops/tensor.h>

#include "host/storage/atomic_file.h"
#include "tests/catch.h"
#include "tests/support/scratch_folder.h"

using namespace host::storage;
using host::run::compare_runs;
using tests::ScratchFolder;

namespace {

/// The minimal content of a finished run.
struct Run {
  at::Tensor weight = at::tensor({0.0F, 1.0F, NAN});
  std::string state = R"({"iteration":3})";
  std::string metrics = "{\"iteration\":3,\"train.loss\":0.5,\"train.images_per_second\":7}\n";
  std::string results = R"({"seconds":1.5,"metrics":{"test.single.accuracy":10}})";

  RunDirectory write(const std::filesystem::path& folder) const {
    RunDirectory run(folder);
    run.create();
    const TensorFile content{{{"network.weight", weight}}, {{"state", state}}};
    write_checkpoint(run.best_checkpoint(), content);
    write_checkpoint(run.last_checkpoint(), content);
    write_safetensors(run.weights(), content);
    write_atomically(run.metrics(), metrics);
    write_atomically(run.results(), results);
    return run;
  }
};

}  // namespace

TEST_CASE("two runs are equal if all bits are, except for the time they took", "[storage]") {
  const ScratchFolder folder;
  const auto first = Run().write(folder / "a");
  const auto second = Run{.metrics =
                              "{\"iteration\":3,\"train.loss\":0.5,\"train.images_per_second\":9,"
                              "\"train.seconds.saving\":0.5}\n",
                          .results = R"({"seconds":2.5,"metrics":{"test.single.accuracy":10}})"}
                          .write(folder / "b");
  const auto comparison = compare_runs(first, second);
  CHECK(comparison.differences.empty());
  CHECK(comparison.tensors == 3);
  CHECK(comparison.values == 4);
}

TEST_CASE("every kind of difference between two runs is reported", "[storage]") {
  const ScratchFolder folder;
  const auto first = Run().write(folder / "a");
  const auto differences = [&](const Run& other) {
    std::string all;
    for (const auto& line : compare_runs(first, other.write(folder / "b")).differences) {
      all += line + "\n";
    }
    return all;
  };
  // Tensor::equal would call the first of these equal, and identical bits with a NaN different.
  CHECK_THAT(differences({.weight = at::tensor({-0.0F, 1.0F, NAN})}),
             ContainsSubstring("weights: tensor network.weight differs"));
  CHECK_THAT(differences({.weight = at::tensor({0.0F, 1.5F, 0.0F})}),
             ContainsSubstring("last checkpoint: tensor network.weight differs: 2 of 3 numbers"));
  CHECK_THAT(differences({.weight = at::tensor({0.0F, 1.0F})}), ContainsSubstring("[3]"));
  CHECK(differences({.state = R"({"iteration":4})"}) == "last checkpoint: iteration is 3 and 4\n");
  CHECK(differences({.metrics = "{\"iteration\":3,\"train.loss\":0.25}\n"}) ==
        "metrics, line 1: train.loss is 0.5 and 0.25\n");
  CHECK(differences({.metrics = Run().metrics + Run().metrics}) == "metrics: 1 and 2 lines\n");
  CHECK(differences({.results = R"({"metrics":{}})"}) ==
        "results: metrics is {\"test.single.accuracy\":10} and {}\n");
}
