#include <algorithm>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "tests/catch.h"
#include "tests/support/host_program.h"
#include "tests/support/scratch_folder.h"

namespace {

namespace fs = std::filesystem;

const fs::path kSource = SLA_SOURCE_DIRECTORY;

/// What a document quotes, and the command in the comment above it.
struct Quotation {
  std::string command;
  std::string text;
};

/// The tables and code blocks below a line "<!-- sla_host COMMAND -->".
std::vector<Quotation> quotations(const std::string& document) {
  const std::string before = "<!-- sla_host ";
  const std::string after = " -->";
  std::istringstream lines(document);
  std::vector<Quotation> found;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(before) || !line.ends_with(after)) continue;
    Quotation quotation;
    quotation.command = line.substr(before.size(), line.size() - before.size() - after.size());
    while (std::getline(lines, line) && !line.empty()) quotation.text += line + "\n";
    found.push_back(quotation);
  }
  return found;
}

/// The command's words, with FOLDER/* replaced by what is in the folder, as a shell does.
std::vector<std::string> words_of(const std::string& command) {
  std::istringstream text(command);
  std::vector<std::string> words;
  for (std::string word; text >> word;) {
    const fs::path path = kSource / word;
    if (path.filename() != "*") {
      words.push_back(fs::exists(path) ? path.string() : word);
      continue;
    }
    const auto first = std::ssize(words);
    for (const auto& entry : fs::directory_iterator(path.parent_path())) {
      words.push_back(entry.path());
    }
    std::sort(words.begin() + first, words.end());
  }
  return words;
}

}  // namespace

TEST_CASE("results quote what the program prints about the runs in docs/runs", "[docs]") {
  const auto quoted = quotations(tests::content_of(kSource / "docs" / "results.md"));
  CHECK_FALSE(quoted.empty());
  for (const auto& [command, text] : quoted) {
    INFO(command);
    const tests::ScratchFolder folder;
    auto words = words_of(command);
    const bool is_table = words.front() == "table";
    if (is_table) words.insert(words.end(), {"-o", folder / "table.md"});
    const auto run = tests::run_host(words);
    INFO(run.output);
    REQUIRE(run.status == 0);
    CHECK(text ==
          (is_table ? tests::content_of(folder / "table.md") : "```text\n" + run.output + "```\n"));
  }
}
