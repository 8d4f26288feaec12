#include "host/results/paper_table.h"

#include <nlohmann/json.hpp>

#include "host/base/errors.h"
#include "host/experiment/document.h"
#include "host/plugin/resolution.h"
#include "tests/catch.h"
#include "tests/support/run_files.h"

using host::results::PaperTable;
using host::results::read_runs;
using tests::RunFiles;
using tests::ScratchFolder;

namespace {

const std::string kShared = R"([dataset]
plugin = "cifar"
[model]
plugin = "cresnet"
[training]
batch_size = 4
total_iterations = 100
validate_every_iterations = 50
)";

const std::string kTable = R"(title = "A table"
[[column]]
name = "A"
experiment = "mine.toml"
[[column]]
name = "B"
experiment = "mine.toml"
profiles = "wide"
[[row]]
name = "SLA+SI"
metric = "single.accuracy"
profiles = "sla"
[[row]]
name = "none"
metric = "single.accuracy"
profiles = ["", "da"]
[[row]]
name = "as it stands"
metric = "single.accuracy"
)";

const std::string kProfiles = R"([profile.sla.objective]
plugin = "sla"
[profile.da.objective]
plugin = "da"
[profile.wide.training]
batch_size = 8
[profile.long.training]
total_iterations = 200
)";

const std::string kPublished =
    "[[published]]\nprofiles = ['sla']\nmetric = 'single.accuracy'\nvalue = 31.5\n"
    "source = 'Somebody, 2020'\n";

/// A run of `experiment`, which it keeps resolved.
RunFiles run_of(const std::string& experiment, int seed, double accuracy) {
  using namespace host::experiment;
  auto document =
      host::plugin::resolve(interpret(parse_document(experiment, "mine.toml"), "mine")).document;
  document.erase("seed");
  RunFiles files;
  files.experiment = "seed = 0\n" + to_toml(document);
  return files.with(seed, accuracy);
}

}  // namespace

TEST_CASE("a paper's values are next to ours, cell by cell", "[results]") {
  const ScratchFolder folder;
  const std::string baseline = kShared + "[objective]\nplugin = \"baseline\"\n";
  const std::string sla = kShared + "[objective]\nplugin = \"sla\"\n";
  folder.write("mine.toml", baseline + kProfiles + kPublished);
  const auto file = folder.write("table.toml", kTable);
  PaperTable table(file, {});

  std::vector<std::string> notes;
  // Published values, device and seed do not make another experiment; a longer run does.
  RunFiles longer = run_of(sla, 2, 99);
  longer.experiment.replace(longer.experiment.find("total_iterations = 100"), 22,
                            "total_iterations = 200");
  const auto runs = read_runs({run_of(sla, 0, 30).write(folder / "a"),
                               run_of(sla + "[runtime]\nthreads = 1\n", 1, 32).write(folder / "b"),
                               longer.write(folder / "c")},
                              notes);
  table.fill(runs, notes);
  CHECK(notes.empty());
  CHECK(table.text().csv() ==
        ",A published,A ours,A difference,B published,B ours,B difference\n"
        "SLA+SI,31.50,31.00 +- 1.41,-0.50,-,-,-\n"
        "none,-,-,-,-,-,-\n"
        "as it stands,-,-,-,-,-,-\n");
  CHECK(table.missing(table.cells()[0]).empty());
  CHECK(table.cells()[0].source == "Somebody, 2020");
  CHECK(table.missing(table.cells()[1]) == (folder / "mine.toml").string() +
                                               " --profile wide,sla: no published value, no "
                                               "finished run");
  CHECK(table.missing(table.cells()[2]) == "no such experiment");
  CHECK(table.cells()[3].profiles == "wide,da");
  CHECK(table.cells()[4].profiles.empty());
  CHECK(table.cells()[5].profiles == "wide");
  CHECK(table.json()["cells"][0]["ours"]["n"] == 2);
  CHECK(table.json()["cells"][0]["profiles"] == "sla");

  // Results of changed experiments next to the published values of the unchanged ones.
  PaperTable changed(file, {"long", {}});
  changed.fill(runs, notes);
  CHECK_THAT(changed.text().csv(), ContainsSubstring("SLA+SI,31.50,99.00,+67.50,"));
}

TEST_CASE("a table without published values has ours alone", "[results]") {
  const ScratchFolder folder;
  const std::string sla = kShared + "[objective]\nplugin = \"sla\"\n";
  folder.write("mine.toml", sla + kProfiles);
  PaperTable table(folder.write("table.toml", kTable), {});
  std::vector<std::string> notes;
  table.fill(read_runs({run_of(sla, 0, 30).write(folder / "a")}, notes), notes);
  CHECK(table.text().csv() == ",A,B\nSLA+SI,30.00,-\nnone,-,-\nas it stands,30.00,-\n");
}

TEST_CASE("runs on different images cannot be in one column of a table", "[results]") {
  const ScratchFolder folder;
  const std::string sla = kShared + "[objective]\nplugin = \"sla\"\n";
  folder.write("mine.toml", sla + kProfiles);
  PaperTable table(folder.write("table.toml", kTable), {});
  RunFiles elsewhere = run_of(sla, 1, 32);
  elsewhere.provenance = R"({"splits":{"test":{"labels_sha256":"bbbb"}},"sessions":[]})";
  std::vector<std::string> notes;
  const auto runs =
      read_runs({run_of(sla, 0, 30).write(folder / "a"), elsewhere.write(folder / "b")}, notes);
  CHECK_THROWS_AS(table.fill(runs, notes), host::ExperimentError);
}

TEST_CASE("an invalid table is an error with its location", "[results]") {
  const ScratchFolder folder;
  const auto message_of = [&](const std::string& text) -> std::string {
    try {
      PaperTable(folder.write("table.toml", text), {});
    } catch (const host::ExperimentError& error) {
      return error.what();
    }
    return "";
  };
  const std::string columns =
      "title = 'x'\n[[column]]\nname = 'A'\nexperiment = 'mine.toml'\n"
      "[[column]]\nname = 'B'\nexperiment = 'mine.toml'\n";
  CHECK_THAT(message_of("title = 'x'\n"), ContainsSubstring("the table has no [[column]]"));
  CHECK_THAT(message_of(columns), ContainsSubstring("the table has no [[row]]"));
  CHECK_THAT(
      message_of(columns + "[[row]]\nname = 'r'\nmetric = 'm'\nprofiles = ['', '', 'a']\n"),
      ContainsSubstring("table.toml:8:1: 'profiles' of [[row]] has 3 entries for 2 columns"));
  CHECK_THAT(message_of("title = 'x'\nsource = 'y'\n"),
             ContainsSubstring("table.toml:2:1: the table has no key 'source'"));
  CHECK_THAT(
      message_of("title = 'x'\nrow = [3]\n" + columns.substr(columns.find('['))),
      ContainsSubstring("table.toml:2:8: 'row' must be a list of tables, written as [[row]]"));
}
