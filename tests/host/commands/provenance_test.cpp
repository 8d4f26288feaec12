#include <nlohmann/json.hpp>

#include <filesystem>

#include <sla/nn/detail/kernel_choice.h>

#include "host/run/provenance.h"
#include "tests/catch.h"
#include "tests/support/faulty.h"
#include "tests/support/host_program.h"
#include "tests/support/scratch_folder.h"

using nlohmann::json;
using tests::run_host;
using tests::ScratchFolder;

namespace {

std::string short_run(const ScratchFolder& folder) {
  folder.write("data", tests::records());
  return folder.write("mine.toml",
                      tests::faulty_experiment("throw", 1000) +
                          tests::record_dataset(folder / "data") +
                          "training = { batch_size = 4, total_iterations = 20, "
                          "validate_every_iterations = 8, log_every_iterations = 4 }\n");
}

json provenance_of(const std::filesystem::path& run) {
  return json::parse(tests::content_of(run / "provenance.json"));
}

}  // namespace

TEST_CASE("a run's provenance names everything that made it", "[commands]") {
  const ScratchFolder folder;
  const std::string file = short_run(folder);
  REQUIRE(run_host({file, "--out", folder / "run", "--stop-after", "5"}).status == 0);
  REQUIRE(run_host({file, "--out", folder / "run", "--resume"}).status == 0);
  const json facts = provenance_of(folder / "run");
  for (const char* key : {"git_commit", "host_version", "host_build_id", "sdk", "libtorch",
                          "compiler", "processor", "device", "threads", "seed"}) {
    INFO(key);
    CHECK(facts.contains(key));
  }
  CHECK(facts.at("host_build_id").get<std::string>().size() == 40);
  REQUIRE(facts.at("plugins").size() == 3);
  for (const json& plugin : facts.at("plugins")) {
    CHECK(plugin.at("plugin") == SLA_FIXTURES "/faulty.so");
    CHECK(plugin.at("sha256").get<std::string>().size() == 64);
    CHECK(plugin.at("build_id").get<std::string>().size() == 40);
    CHECK(plugin.at("version") == "1.0.0");
  }
  CHECK(facts.at("splits").at("train").at("images") == 100);
  // 100 labels 0, 1, 0, 1, ... as 64-bit integers, hashed with sha256sum.
  CHECK(facts.at("splits").at("train").at("labels_sha256") ==
        "0d43038864087649a58a3bc72f577131174180bd8bd3a679a178387b5922ec29");
  const json& sessions = facts.at("sessions");
  REQUIRE(sessions.size() == 2);
  CHECK(sessions[0].at("exit") == "stopped after iteration 5");
  CHECK(sessions[1].at("exit") == "finished");
  CHECK(sessions[1].at("command").back() == "--resume");
  CHECK(sessions[1].at("changed") == json::array());
  CHECK(sessions[0].at("started") <= sessions[0].at("ended"));
}

TEST_CASE("a run that goes on with other kernels says so", "[commands]") {
  const ScratchFolder folder;
  const std::string file = short_run(folder);
  const std::string run = folder / "run";
  const auto began =
      run_host({file, "--out", run, "--stop-after", "5", "--set", "runtime.kernels=libtorch"});
  REQUIRE(began.status == 0);
  CHECK_THAT(began.output, ContainsSubstring("device cpu, kernels libtorch"));
  CHECK(provenance_of(run).at("kernels") == "libtorch");

  const auto refused = run_host({file, "--set", "runtime.kernels=fast"});
  CHECK(refused.status == 2);
  CHECK_THAT(refused.output,
             ContainsSubstring("must be one of \"auto\", \"own\", \"mixed\", \"libtorch\""));

  const auto resumed = run_host({run, "--resume", "--set", "runtime.kernels=own"});
  CHECK(resumed.status == 0);
  if (sla::nn::detail::chosen_kernels(at::kFloat) == sla::nn::detail::Kernels::libtorch) {
    CHECK_THAT(resumed.output, ContainsSubstring("LibTorch's kernels compute instead"));
    return;
  }
  CHECK_THAT(resumed.output,
             ContainsSubstring("since the run began: kernels was libtorch, is own"));
  CHECK(provenance_of(run).at("sessions")[1].at("changed") ==
        json::array({"kernels was libtorch, is own"}));
}

TEST_CASE("the reason of a run's failure is part of its provenance", "[commands]") {
  const ScratchFolder folder;
  const std::string file = short_run(folder);
  CHECK(run_host({file, "--out", folder / "run", "--set", "objective.at=3"}).status == 2);
  CHECK_THAT(provenance_of(folder / "run").at("sessions")[0].at("exit").get<std::string>(),
             ContainsSubstring("failed: ") && ContainsSubstring("no loss today"));
}

TEST_CASE("a run is reproduced bit for bit", "[commands]") {
  const ScratchFolder folder;
  const std::string file = short_run(folder);
  const std::string run = folder / "run";
  REQUIRE(run_host({file, "--out", run, "--set", "runtime.threads=1", "--set",
                    "runtime.kernels=libtorch"})
              .status == 0);

  const auto again = run_host({"reproduce", run});
  INFO(again.output);
  CHECK(again.status == 0);
  CHECK_THAT(again.output, ContainsSubstring("nothing recorded has changed since") &&
                               ContainsSubstring("bit-identical: "));
  CHECK(std::filesystem::exists(run + "-reproduced/results.json"));

  // Other images with the same labels: detected by the results, since the dataset records nothing.
  std::string other = tests::records();
  for (size_t i = 0; i < 100 * 192; ++i) other[i] = static_cast<char>(other[i] + 1);
  folder.write("data", other);
  const auto changed = run_host({"reproduce", run + "/", "--out", folder / "changed"});
  CHECK(changed.status == 3);
  CHECK_THAT(changed.output,
             ContainsSubstring("different (") && ContainsSubstring("last checkpoint: tensor "));
  CHECK(run_host({"reproduce", folder.path()}).status == 2);
}

TEST_CASE("changes since a run are listed by plugin and by fact", "[training]") {
  const json then = {{"libtorch", "1.13.1"},
                     {"threads", 2},
                     {"plugins", {{{"component", "sla"}, {"sha256", "1f"}, {"version", "1.0"}}}},
                     {"dataset", {{"train_sha256", "aa"}}}};
  CHECK(host::run::changes(then, then).empty());
  json now = then;
  now["libtorch"] = "2.13.0";
  now["plugins"][0]["sha256"] = "2e";
  now["dataset"]["train_sha256"] = "bb";
  now["device"] = "cuda";
  now["plugins"].push_back({{"component", "flip"}});
  now.erase("threads");
  CHECK(host::run::changes(then, now) ==
        std::vector<std::string>{
            "dataset: train_sha256 was aa, is bb", "device was not recorded, is cuda",
            "libtorch was 1.13.1, is 2.13.0",
            "plugin flip was not recorded, is {\"component\":\"flip\"}",
            "plugin sla: sha256 was 1f, is 2e", "threads was 2, is not recorded"});
}
