#include <torch/csrc/jit/serialization/import.h>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "host/storage/safetensors.h"
#include "tests/catch.h"
#include "tests/support/assemblies.h"
#include "tests/support/host_program.h"
#include "tests/support/small_runs.h"

using tests::run_host;
using tests::ScratchFolder;
using tests::small_run;
using tests::test_logits;

namespace {

namespace fs = std::filesystem;

/// The test images of the small runs, [30, 3, 32, 32] uint8.
at::Tensor test_images() {
  const auto assembly =
      tests::assembly_of("objective.plugin = 'baseline'\ndataset.train = 64\ndataset.test = 30\n");
  return assembly.dataset.batch(sla::Request::plain(sla::Split::test, at::arange(30, at::kLong)))
      .images;
}

torch::jit::Module exported(const ScratchFolder& folder, std::vector<std::string> arguments,
                            torch::jit::ExtraFilesMap& extra) {
  const std::string file = folder / "exported.pt";
  arguments.insert(arguments.begin(), "export");
  arguments.insert(arguments.end(), {"-o", file});
  const auto finished = run_host(arguments);
  INFO(finished.output);
  REQUIRE(finished.status == 0);
  return torch::jit::load(file, at::kCPU, extra);
}

/// Compares an exported run with what eval gives, for all images at once and in parts.
void check_exported(const std::vector<std::string>& settings, const std::string& prediction,
                    double relative = 1e-5) {
  const ScratchFolder folder;
  const std::string run = small_run(folder, "run", settings);
  const at::Tensor expected = test_logits(folder, run, prediction);
  torch::jit::ExtraFilesMap extra{
      {"class_names.json", ""}, {"prediction.txt", ""}, {"experiment.toml", ""}};
  auto module = exported(folder, {run, "--prediction", prediction}, extra);
  const at::NoGradGuard no_grad;
  const at::Tensor images = test_images();
  // Logits of a network that has hardly been trained may be large.
  const double tolerance = relative * std::max(1.0, expected.abs().max().item<double>());
  for (const at::Tensor& given : {images, images.to(at::kFloat) / 255}) {
    CHECK(tests::distance(module.forward({given}).toTensor(), expected) < tolerance);
    CHECK(tests::distance(module.forward({given.narrow(0, 3, 1)}).toTensor(),
                          expected.narrow(0, 3, 1)) < tolerance);
    CHECK(tests::distance(module.forward({given.narrow(0, 10, 11)}).toTensor(),
                          expected.narrow(0, 10, 11)) < tolerance);
  }
  CHECK_THROWS_WITH(module.forward({at::zeros({1, 3, 32, 31})}),
                    ContainsSubstring("images must be [B, 3, 32, 32]"));
  CHECK(nlohmann::json::parse(extra.at("class_names.json")).size() == 10);
  CHECK(extra.at("prediction.txt") == prediction);
  CHECK_THAT(extra.at("experiment.toml"), ContainsSubstring("synthetic"));
}

}  // namespace

TEST_CASE("an exported network gives the logits of eval, for any number of images", "[commands]") {
  SECTION("transformed images, aggregated") { check_exported({}, "aggregated"); }
  SECTION("the image alone") { check_exported({}, "single"); }
  SECTION("transformations with constants") {
    check_exported({"--set", "transformation={plugin=\"jigsaw\",grid=2,count=3}"}, "aggregated");
  }
  SECTION("another objective, model and precision") {
    check_exported({"--set", "objective.plugin=sla_sd", "--set", "transformation.plugin=color_perm",
                    "--set", "model={plugin=\"conv4\"}", "--set", "training.precision=fp64"},
                   "distilled");
  }
  SECTION("bfloat16, which LibTorch's and our own kernels round differently") {
    check_exported({"--set", "training.precision=bf16"}, "aggregated", 0.03);
  }
  SECTION("a network with a head for each task") {
    check_exported({"--set", "objective.plugin=mt"}, "single");
  }
  SECTION("torchvision's networks") {
    check_exported(
        {"--profile", "baseline", "--set", "model={plugin=\"resnet\",name=\"resnet18\"}"},
        "single");
  }
}

TEST_CASE("parameters keep their names in an exported file", "[commands]") {
  const ScratchFolder folder;
  const std::string run = small_run(folder, "run");
  torch::jit::ExtraFilesMap extra;
  const auto module = exported(folder, {run}, extra);
  const auto weights = host::storage::read_safetensors(run + "/weights.safetensors");
  size_t found = 0;
  for (const auto& one : module.named_parameters()) {
    REQUIRE(one.name.starts_with("network."));
    CHECK(one.value.equal(weights.tensors.at(one.name.substr(8))));
    ++found;
  }
  for (const auto& one : module.named_buffers()) {
    if (weights.tensors.contains(one.name.substr(8))) ++found;
  }
  CHECK(found == weights.tensors.size());
}

TEST_CASE("an export replaces no file of a run, and none that was not named", "[commands]") {
  const ScratchFolder folder;
  const std::string run = small_run(folder, "run");
  const std::string before = tests::content_of(run + "/best.ckpt");
  const auto replaced = run_host({"export", run, "-o", run + "/best.ckpt"});
  CHECK(replaced.status == 2);
  CHECK_THAT(replaced.output, ContainsSubstring("best.ckpt is a file of the run there"));
  CHECK(run_host({"eval", run, "--logits", run + "/weights.safetensors"}).status == 2);
  CHECK(run_host({"report", run, "-o", run + "/best.ckpt"}).status == 2);
  CHECK(run_host({"report", run, "-o", run + "/report.html"}).status == 0);
  CHECK(run_host({"gallery", run + "/experiment.toml", "-o", run + "/metrics.jsonl"}).status == 2);
  CHECK(tests::content_of(run + "/best.ckpt") == before);

  const std::string by_name =
      "cd '" + folder.path().string() + "' && " SLA_HOST_PROGRAM " export run";
  CHECK(tests::run_program(by_name).status == 0);
  CHECK(fs::exists(folder / "run.pt"));
  CHECK_THAT(tests::run_program(by_name).output, ContainsSubstring("run.pt exists already"));
}

TEST_CASE("what cannot be exported is refused, without a file", "[commands]") {
  const ScratchFolder folder;
  const std::string run = small_run(folder, "run");
  const std::string file = folder / "exported.pt";
  const auto refused = run_host({"export", run, "-o", file, "--prediction", "agregated"});
  CHECK(refused.status == 2);
  CHECK_THAT(refused.output, ContainsSubstring("did you mean 'aggregated'?"));
  fs::remove(run + "/best.ckpt");
  CHECK_THAT(run_host({"export", run, "-o", file}).output, ContainsSubstring("best.ckpt"));
  CHECK(!fs::exists(file));
}
