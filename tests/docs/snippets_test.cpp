#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "tests/catch.h"
#include "tests/support/host_program.h"
#include "tests/support/scratch_folder.h"

namespace {

/// A code block in a document, and the comment above it that names its file.
struct Snippet {
  std::string marker;
  std::string code;
};

/// All code blocks fenced with a language.
std::vector<Snippet> snippets_of(const std::string& document) {
  std::istringstream lines(document);
  std::vector<Snippet> snippets;
  std::string before;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("```") || line == "```") {
      if (!line.empty()) before = line;
      continue;
    }
    Snippet snippet{before, ""};
    while (std::getline(lines, line) && line != "```") snippet.code += line + "\n";
    snippets.push_back(snippet);
  }
  return snippets;
}

/// The text in a file that a marker names: "<!-- from FILE -->", or "<!-- from FILE as NAME -->"
/// for a template of plugins, as `new-plugin` writes it for a plugin called NAME.
std::string source_of(const std::string& marker) {
  std::istringstream words(marker);
  std::string open;
  std::string from;
  std::filesystem::path file;
  std::string as;
  std::string name;
  words >> open >> from >> file >> as >> name;
  REQUIRE((open == "<!--" && from == "from"));
  if (as != "as") return tests::content_of(SLA_SOURCE_DIRECTORY / file);
  const tests::ScratchFolder folder;
  const std::string kind = file.parent_path().filename();
  const std::string project = folder / name;
  const auto written = tests::run_host({"new-plugin", kind, name, "--dir", project});
  INFO(written.output);
  REQUIRE(written.status == 0);
  std::string leaf = file.filename();
  if (const auto at = leaf.find("my_plugin"); at != std::string::npos) {
    leaf.replace(at, std::string("my_plugin").size(), name);
  }
  return tests::content_of(std::filesystem::path(project) / leaf);
}

}  // namespace

TEST_CASE("code in the documents equals that of compiled and tested files", "[docs]") {
  int checked = 0;
  for (const std::string document : {"README.md", "docs/plugin-guide.md"}) {
    for (const auto& snippet :
         snippets_of(tests::content_of(std::string(SLA_SOURCE_DIRECTORY "/") + document))) {
      INFO(document << ": " << snippet.marker << "\n" << snippet.code);
      CHECK(source_of(snippet.marker).find(snippet.code) != std::string::npos);
      ++checked;
    }
  }
  CHECK(checked >= 6);
}

TEST_CASE("the list of options is what the program knows", "[docs]") {
  const auto finished = tests::run_host({"options"});
  REQUIRE(finished.status == 0);
  INFO("write it again: sla_host options > docs/options.md");
  CHECK(finished.output == tests::content_of(SLA_SOURCE_DIRECTORY "/docs/options.md"));
}
