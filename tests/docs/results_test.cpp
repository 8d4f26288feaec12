#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "tests/catch.h"
#include "tests/support/host_program.h"
#include "tests/support/scratch_folder.h"

namespace {

/// A table of a document, and the table file that the comment above it names.
struct QuotedTable {
  std::string file;
  std::string text;
};

/// The tables below a line "<!-- sla_host table FILE --runs docs/runs -->".
std::vector<QuotedTable> quoted_tables(const std::string& document) {
  const std::string before = "<!-- sla_host table ";
  const std::string after = " --runs docs/runs -->";
  std::istringstream lines(document);
  std::vector<QuotedTable> tables;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(before) || !line.ends_with(after)) continue;
    QuotedTable table;
    table.file = line.substr(before.size(), line.size() - before.size() - after.size());
    while (std::getline(lines, line) && line.starts_with("|")) table.text += line + "\n";
    tables.push_back(table);
  }
  return tables;
}

}  // namespace

TEST_CASE("tables of results are those of the runs in docs/runs", "[docs]") {
  const std::filesystem::path source = SLA_SOURCE_DIRECTORY;
  const auto tables = quoted_tables(tests::content_of(source / "docs" / "results.md"));
  CHECK_FALSE(tables.empty());
  for (const auto& table : tables) {
    INFO(table.file);
    const tests::ScratchFolder folder;
    const std::string made = folder / "table.md";
    const auto run = tests::run_host(
        {"table", source / table.file, "--runs", source / "docs" / "runs", "-o", made});
    INFO(run.output);
    REQUIRE(run.status == 0);
    CHECK(table.text == tests::content_of(made));
  }
}
