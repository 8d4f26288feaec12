#include "host/report/report.h"

#include <nlohmann/json.hpp>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "tests/catch.h"
#include "tests/support/host_program.h"
#include "tests/support/run_files.h"
#include "tests/support/skip.h"

using tests::run_host;
using tests::RunFiles;
using tests::ScratchFolder;

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

const std::string kExperiment = R"(
[dataset]
plugin = "synthetic"
classes = 6
train = 120
validation = 30
test = 60
[model]
plugin = "cresnet"
depth = 20
[objective]
plugin = "sla_sd"
[transformation]
plugin = "rotation"
[training]
batch_size = 8
total_iterations = 6
validate_every_iterations = 2
log_every_iterations = 1
[[published]]
metric = "distilled.accuracy"
value = 45.5
source = "<!--<script><b>Somebody</b>, 2020"
)";

/// A run of a few steps by the program.
fs::path trained_run(const ScratchFolder& folder) {
  const auto run = folder / "run";
  const auto trained = run_host({folder.write("mine.toml", kExperiment), "--out", run});
  REQUIRE(trained.status == 0);
  CHECK_THAT(trained.output, ContainsSubstring("open " + (run / "report.html").string()));
  return run;
}

/// The data that a page shows.
json data_of(const std::string& page) {
  const std::string tag = "<script type=\"application/json\" id=\"data\">";
  const auto begin = page.find(tag) + tag.size();
  return json::parse(page.substr(begin, page.find("</script>", begin) - begin));
}

/// Opens a page in a browser, drives it with tests/host/report/drive.js, and returns its findings.
json driven(const fs::path& page, const std::string& browser, const std::string& options) {
  std::string content = tests::content_of(page);
  const std::string script = tests::content_of(SLA_SOURCE_DIRECTORY "/tests/host/report/drive.js");
  content.insert(content.rfind("</body>"), "<script>\n" + script + "</script>\n");
  const fs::path folder = page.parent_path();
  std::ofstream(folder / "driven.html", std::ios::binary) << content;
  tests::run_program(
      "cd '" + folder.string() + "' && HOME=$PWD timeout 60 '" + browser +
      "' --headless --no-sandbox --disable-gpu --disable-dev-shm-usage " + options +
      " --timeout=20000 --dump-dom \"file://$PWD/driven.html\" >shown.html 2>/dev/null");
  const std::string shown = tests::content_of(folder / "shown.html");
  const std::string tag = "<pre id=\"outcome\">";
  const auto begin = shown.rfind(tag);  // the script contains it too
  REQUIRE(begin != std::string::npos);
  const auto end = shown.find("</pre>", begin);
  std::string text = shown.substr(begin + tag.size(), end - begin - tag.size());
  for (const auto& [entity, letter] : {std::pair("&lt;", "<"), {"&gt;", ">"}, {"&amp;", "&"}}) {
    for (size_t at = text.find(entity); at != std::string::npos; at = text.find(entity, at + 1)) {
      text.replace(at, std::string(entity).size(), letter);
    }
  }
  return json::parse(text);
}

/// 80 validations and 800 lines of training.
RunFiles long_run(int seed) {
  RunFiles files;
  files.metrics = "";
  for (int line = 1; line <= 800; ++line) {
    const std::string begin = "{\"iteration\":" + std::to_string(line * 100);
    files.metrics += begin +
                     ",\"train.images_per_second\":1234.56789,\"train.learning_rate\":0.1,"
                     "\"train.loss\":2.3456789,\"train.loss.joint\":1.23456789}\n";
    if (line % 10 != 0) continue;
    files.metrics += begin;
    for (const char* prediction : {"aggregated", "distilled", "single"}) {
      for (const char* metric : {"accuracy", "balanced_accuracy", "loss", "top5_accuracy"}) {
        files.metrics += std::string(",\"validation.") + prediction + "." + metric + "\":34.56789";
      }
    }
    files.metrics += "}\n";
  }
  return files.with(seed, 30 + seed);
}

}  // namespace

TEST_CASE("a run writes a report with its results", "[report]") {
  const ScratchFolder folder;
  const auto run = trained_run(folder);
  const std::string page = tests::content_of(run / "report.html");
  CHECK(page.find("/*DATA*/") == std::string::npos);
  CHECK_THAT(page, ContainsSubstring("default-src 'none'"));
  const json data = data_of(page);
  const json& shown = data["runs"][0];
  CHECK(data["title"] == "mine");
  CHECK(shown["state"] == "finished");
  CHECK(shown["series"]["train.loss"][0] == json{1, 2, 3, 4, 5, 6});
  CHECK(shown["series"]["validation.aggregated.accuracy"][0] == json{2, 4, 6});
  CHECK(shown["series"]["training_sample.aggregated.accuracy"][0] == json{2, 4, 6});
  CHECK(shown["published"][0]["source"] == "<!--<script><b>Somebody</b>, 2020");

  const auto results = json::parse(tests::content_of(run / "results.json"));
  const json& analysis = shown["analysis"];
  for (const char* prediction : {"aggregated", "distilled", "single"}) {
    INFO(prediction);
    const json& one = analysis["predictions"][prediction];
    // The sparse matrix is complete.
    std::vector<std::vector<int>> whole(6, std::vector<int>(6));
    for (const std::array<int, 3> cell : one["confusion"]) {
      whole.at(cell[0]).at(cell[1]) = cell[2];
    }
    CHECK(json(whole) == results["confusion"][prediction]);
    double images = 0;
    double right = 0;
    for (const json& bin : one["calibration"]["bins"]) {
      images += bin[2].get<double>();
      right += bin[1].get<double>() * bin[2].get<double>() / 100;
    }
    CHECK(images == 60);
    const auto accuracy =
        results["metrics"]["test." + std::string(prediction) + ".accuracy"].get<double>();
    CHECK(right == Approx(accuracy * 0.6));
    CHECK(one["images_per_second"].get<double>() > 0);
  }
  CHECK(analysis["predictions"]["aggregated"]["views"] == "all");
  double rows = 0;
  for (const auto& [outcome, percent] : analysis["transformations"]["joint"].items()) {
    rows += percent.get<double>();
  }
  CHECK(rows == Approx(100));
  CHECK(analysis["examples"]["prediction"] == "distilled");
  CHECK(shown["gallery"][0]["columns"] == 4);
}

TEST_CASE("the scripts of a page define each function once", "[report]") {
  const ScratchFolder folder;
  const auto run = RunFiles().write(folder / "run");
  REQUIRE(run_host({"report", run}).status == 0);
  std::istringstream lines(tests::content_of(run / "report.html"));
  std::set<std::string> names;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("function ")) continue;
    INFO(line);
    CHECK(names.insert(line.substr(0, line.find('('))).second);
  }
  CHECK(names.size() > 50);
}

TEST_CASE("missing analyses can be added later, and are the same", "[report]") {
  const ScratchFolder folder;
  const auto run = trained_run(folder);
  auto before = json::parse(tests::content_of(run / "analysis.json"));
  fs::remove(run / "analysis.json");
  CHECK(run_host({"report", run}).status == 0);
  CHECK_FALSE(data_of(tests::content_of(run / "report.html"))["runs"][0].contains("analysis"));
  CHECK(run_host({"eval", run, "--analyse"}).status == 0);
  auto after = json::parse(tests::content_of(run / "analysis.json"));
  for (json* analysis : {&before, &after}) {
    for (auto& [name, prediction] : (*analysis)["predictions"].items()) {
      prediction.erase("images_per_second");
    }
  }
  CHECK(after == before);
  CHECK(run_host({"eval", run, "--analyse", "--split", "validation"}).status == 2);
  CHECK(run_host({"eval", run / "weights.safetensors", "--analyse"}).status == 2);
}

TEST_CASE("the report names the runs that it cannot show", "[report]") {
  const ScratchFolder folder;
  RunFiles empty;
  empty.metrics = empty.results = "";
  RunFiles unfinished;
  unfinished.results = "";
  unfinished.metrics += "{\"iteration\":15";
  unfinished.experiment.replace(0, unfinished.experiment.find('\n'), "seed = 1");
  const auto file = folder / "all.html";
  const auto reported =
      run_host({"report", RunFiles().write(folder / "good"), unfinished.write(folder / "half"),
                empty.write(folder / "new"), "-o", file});
  CHECK(reported.status == 0);
  CHECK_THAT(reported.output, ContainsSubstring("new has no metrics yet; skipped"));
  const json data = data_of(tests::content_of(file));
  CHECK(data["runs"].size() == 2);
  CHECK(data["notes"].size() == 2);
  CHECK(data["runs"][1]["state"] == "unfinished: iteration 100 of 100");
  CHECK(run_host({"report", folder / "new", "-o", file}).status == 2);

  RunFiles foreign;
  foreign.provenance = R"({"sessions":[5]})";
  const auto shown = run_host({"report", foreign.write(folder / "foreign"), "-o", file});
  CHECK(shown.status == 0);
  CHECK_THAT(data_of(tests::content_of(file))["notes"][0].get<std::string>(),
             ContainsSubstring("foreign: provenance.json was not written by this program"));
}

TEST_CASE("twenty long runs make a small page", "[report]") {
  const ScratchFolder folder;
  std::vector<std::string> command{"report", "-o", folder / "all.html"};
  for (int seed = 0; seed < 20; ++seed) {
    command.push_back(long_run(seed).write(folder / ("run" + std::to_string(seed))));
  }
  CHECK(run_host(command).status == 0);
  CHECK(fs::file_size(folder / "all.html") < 5'000'000);
  const json data = data_of(tests::content_of(folder / "all.html"));
  REQUIRE(data["groups"].size() == 1);
  CHECK(data["groups"][0]["metrics"]["single.accuracy"]["mean"] == 39.5);
  // 800 points are thinned out to means of pairs.
  const json& loss = data["runs"][0]["series"]["train.loss"];
  CHECK(loss[0].size() == 400);
  CHECK(loss[0][0] == 200);
  CHECK(loss[1][0] == 2.3457);

  const char* browser = std::getenv("SLA_BROWSER");
  if (browser == nullptr) return;
  const json outcome = driven(folder / "all.html", browser, "--window-size=1440,1000");
  CHECK(outcome["failures"] == json::array());
}

TEST_CASE("the report adds up the time of all sessions", "[report]") {
  const ScratchFolder folder;
  RunFiles timed;
  timed.metrics =
      "{\"iteration\":50,\"train.loss\":2.5,\"train.seconds.forward\":1.5,"
      "\"train.seconds.data\":0.25}\n"
      "{\"iteration\":50,\"validation.single.accuracy\":20,\"train.seconds.validation\":4}\n"
      "{\"iteration\":100,\"train.loss\":2,\"train.seconds.forward\":2}\n";
  const auto file = folder / "timed.html";
  CHECK(run_host({"report", timed.write(folder / "run"), "-o", file}).status == 0);
  const json shown = data_of(tests::content_of(file))["runs"][0];
  CHECK(shown["times"] == json{{"data", 0.25}, {"forward", 3.5}, {"validation", 4}});
  CHECK(shown["series"].size() == 2);
}

TEST_CASE("the report shows which settings of a sweep are good", "[report]") {
  const char* browser = std::getenv("SLA_BROWSER");
  if (browser == nullptr) {
    tests::skip("SLA_BROWSER names no Chromium (see tools/browser)");
    return;
  }
  const ScratchFolder folder;
  // Learning rates and batch sizes: all combinations, or all but one.
  const auto page_of = [&](const std::string& name, int runs) {
    std::vector<std::string> command{"report", "-o", folder / (name + ".html")};
    for (int run = 0; run < runs; ++run) {
      RunFiles files;
      files.experiment += "batch_size = " + std::to_string(64 << run / 2) +
                          "\n[optimizer]\nlearning_rate = 0." + std::to_string(1 + run % 2) + "\n";
      const auto best = files.results.find("best_value\":20");
      files.results.replace(best, std::string("best_value\":20").size(),
                            "best_value\":" + std::to_string(20 + 7 * run % 5));
      command.push_back(files.write(folder / (name + std::to_string(run))));
    }
    CHECK(run_host(command).status == 0);
    return folder / (name + ".html");
  };
  for (const char* options : {"--window-size=1440,1000", "--window-size=390,844"}) {
    INFO(options);
    const json grid = driven(page_of("grid", 4), browser, options);
    CHECK(grid["failures"] == json::array());
    CHECK(grid["settings"] == "Best validation.single.accuracy, mean over runs");
    const json lines = driven(page_of("lines", 3), browser, options);
    CHECK(lines["failures"] == json::array());
    CHECK(lines["settings"] == "Settings and best validation.single.accuracy of each run");
  }
}

TEST_CASE("the report works in desktop and phone browsers", "[report]") {
  const char* browser = std::getenv("SLA_BROWSER");
  if (browser == nullptr) {
    tests::skip("SLA_BROWSER names no Chromium (see tools/browser)");
    return;
  }
  const ScratchFolder folder;
  const auto run = trained_run(folder);
  for (const char* options : {"--window-size=1440,1000", "--window-size=390,844",
                              "--window-size=1440,1000 --blink-settings=preferredColorScheme=0"}) {
    INFO(options);
    const json outcome = driven(run / "report.html", browser, options);
    CHECK(outcome["failures"] == json::array());
    CHECK(outcome["sections"] == json{"results", "curves", "schedule", "time", "classes",
                                      "confusions", "joint", "calibration", "cost", "gallery",
                                      "provenance"});
  }
}
