#include <filesystem>

#include <nlohmann/json.hpp>

#include "tests/catch.h"
#include "tests/support/host_program.h"
#include "tests/support/run_files.h"

using nlohmann::json;
using tests::json_of;
using tests::run_host;
using tests::RunFiles;
using tests::ScratchFolder;

TEST_CASE("compare prints runs over their seeds, and names the skipped ones", "[commands]") {
  const ScratchFolder folder;
  RunFiles unfinished = RunFiles().with(2, 0);
  unfinished.results = "";
  const std::string a = RunFiles().with(0, 29).write(folder / "a");
  const std::string b = RunFiles().with(1, 31).write(folder / "b");
  const std::string c = unfinished.write(folder / "c");
  const auto printed = run_host({"compare", a, b, c, folder / "nothing"});
  CHECK(printed.status == 0);
  CHECK_THAT(printed.output,
             ContainsSubstring("experiment    runs             selected at           single\n"
                               "mine        2 of 3  20.00 +- 0.00 % single  30.00 "
                               "+- 1.41 %\n" +
                               c + ": unfinished: iteration 100 of 100\n"));
  CHECK_THAT(printed.output, ContainsSubstring("nothing is not a run directory"));

  const json facts = json_of({"compare", "--json", a, b, c});
  CHECK(facts["groups"][0]["finished"] == 2);
  CHECK(facts["groups"][0]["metrics"]["single.accuracy"]["mean"] == 30.0);
  CHECK(facts["groups"][0]["runs"][1]["seed"] == 1);
}

TEST_CASE("compare rejects runs scored on different images", "[commands]") {
  const ScratchFolder folder;
  RunFiles other;
  other.provenance = R"({"splits":{"test":{"labels_sha256":"bbbb"}},"sessions":[]})";
  const auto refused =
      run_host({"compare", RunFiles().write(folder / "a"), other.write(folder / "b")});
  CHECK(refused.status == 2);
  CHECK_THAT(refused.output, ContainsSubstring("scored on different test images"));
  CHECK_THAT(refused.output, !ContainsSubstring("experiment    runs"));
}

TEST_CASE("table prints a paper's values next to ours, and writes three formats", "[commands]") {
  const ScratchFolder folder;
  const std::string table = SLA_SOURCE_DIRECTORY "/experiments/tables/standard.toml";
  const auto mistyped = run_host({"table", table, "--runs", folder / "none"});
  CHECK(mistyped.status == 2);
  CHECK_THAT(mistyped.output, ContainsSubstring("name the one that holds your runs with --runs"));
  std::filesystem::create_directory(folder / "none");
  const auto printed = run_host({"table", table, "--runs", folder / "none", "-o", folder / "t.md",
                                 "-o", folder / "t.csv", "-o", folder / "t.tex"});
  CHECK(printed.status == 0);
  CHECK_THAT(printed.output,
             ContainsSubstring("published: Lee, Hwang, Shin, ICML 2020, Table 1\n"));
  CHECK_THAT(printed.output,
             ContainsSubstring("cifar.toml --profile cifar100,sla,rotation: no finished run\n"));
  CHECK_THAT(tests::content_of(folder / "t.csv"),
             ContainsSubstring("baseline,92.39,-,-,68.27,-,-\n"));
  CHECK_THAT(tests::content_of(folder / "t.md"), ContainsSubstring("| SLA+AG, rotation | - |"));
  CHECK_THAT(tests::content_of(folder / "t.tex"), ContainsSubstring("\\begin{tabular}{lrrrrrr}"));
  CHECK(json_of({"table", "--json", "--runs", folder / "none", table})["cells"][1]["published"] ==
        68.27);
  const auto refused = run_host({"table", table, "-o", folder / "t.pdf"});
  CHECK(refused.status == 2);
  CHECK_THAT(refused.output, ContainsSubstring("use .md, .csv or .tex"));
}
