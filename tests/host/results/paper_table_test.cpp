#include "host/results/paper_table.h"

#include <nlohmann/json.hpp>

#include "host/errors.h"
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
columns = ["A", "B"]
[[row]]
name = "SLA+SI"
metric = "single.accuracy"
experiments = ["sla.toml", "other.toml"]
[[row]]
name = "none"
metric = "single.accuracy"
experiments = ["", "sla.toml"]
)";

const std::string kPublished =
    "[[published]]\nmetric = 'single.accuracy'\nvalue = 31.5\nsource = 'Somebody, 2020'\n";

/// A run of what `experiment` says.
RunFiles run_of(const std::string& experiment, int seed, double accuracy) {
  RunFiles files;
  files.experiment = "seed = 0\n" + experiment;
  return files.with(seed, accuracy);
}

}  // namespace

TEST_CASE("a paper's table stands beside ours, cell by cell", "[results]") {
  const ScratchFolder folder;
  const std::string sla = kShared + "[objective]\nplugin = \"sla\"\n";
  const std::string other = kShared + "[objective]\nplugin = \"da\"\n";
  folder.write("sla.toml", sla + kPublished);
  folder.write("other.toml", other);
  PaperTable table(folder.write("table.toml", kTable), {});

  std::vector<std::string> notes;
  // What is published, the device and the seed do not make another experiment; a longer run is one.
  RunFiles longer = run_of(sla, 2, 99);
  longer.experiment.replace(longer.experiment.find("total_iterations = 100"), 22,
                            "total_iterations = 200");
  table.fill(read_runs({run_of(sla, 0, 30).write(folder / "a"),
                        run_of(sla + "[runtime]\nthreads = 1\n", 1, 32).write(folder / "b"),
                        longer.write(folder / "c")},
                       notes),
             notes);
  CHECK(notes.empty());
  CHECK(table.text().csv() ==
        ",A published,A ours,A difference,B published,B ours,B difference\n"
        "SLA+SI,31.50,31.00 +- 1.41,-0.50,-,-,-\n"
        "none,-,-,-,31.50,31.00 +- 1.41,-0.50\n");
  CHECK(table.cells()[0].missing().empty());
  CHECK(table.cells()[0].source == "Somebody, 2020");
  CHECK(table.cells()[1].missing() ==
        (folder / "other.toml").string() + ": nothing published is quoted, no finished run");
  CHECK(table.cells()[2].missing() == "no such experiment");
  CHECK(table.json()["cells"][0]["ours"]["n"] == 2);
}

TEST_CASE("runs on different images are refused in one column of a table", "[results]") {
  const ScratchFolder folder;
  const std::string sla = kShared + "[objective]\nplugin = \"sla\"\n";
  folder.write("sla.toml", sla);
  folder.write("other.toml", sla);
  PaperTable table(folder.write("table.toml", kTable), {});
  RunFiles elsewhere = run_of(sla, 1, 32);
  elsewhere.provenance = R"({"splits":{"test":{"labels_sha256":"bbbb"}},"sessions":[]})";
  std::vector<std::string> notes;
  const auto runs =
      read_runs({run_of(sla, 0, 30).write(folder / "a"), elsewhere.write(folder / "b")}, notes);
  CHECK_THROWS_AS(table.fill(runs, notes), host::ExperimentError);
}

TEST_CASE("a table that cannot be understood is refused with its place", "[results]") {
  const ScratchFolder folder;
  const auto message_of = [&](const std::string& text) -> std::string {
    try {
      PaperTable(folder.write("table.toml", text), {});
    } catch (const host::ExperimentError& error) {
      return error.what();
    }
    return "";
  };
  CHECK_THAT(message_of("title = 'x'\ncolumns = ['A']\n"), ContainsSubstring("has no [[row]]"));
  CHECK_THAT(message_of("title = 'x'\ncolumns = ['A', 'B']\n[[row]]\nname = 'r'\nmetric = 'm'\n"
                        "experiments = ['']\n"),
             ContainsSubstring("table.toml:3:1: [[row]] names 1 experiments for 2 columns"));
  CHECK_THAT(message_of("title = 'x'\ncolumns = ['A']\nsource = 'y'\n"),
             ContainsSubstring("table.toml:3:1: the table has no key 'source'"));
}
