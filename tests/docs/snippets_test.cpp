#include <cctype>
#include <sstream>
#include <string>
#include <vector>

#include "tests/catch.h"
#include "tests/support/scratch_folder.h"

namespace {

/// A block of code in a document, and the comment above it that says which file it is from.
struct Snippet {
  std::string marker;
  std::string code;
};

/// All blocks that are fenced with the name of a language.
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

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

/// The text in a file that a marker names: "<!-- from FILE -->", or "<!-- from FILE as NAME -->"
/// for a template of plugins whose plugin is called NAME.
std::string source_of(const std::string& marker) {
  std::istringstream words(marker);
  std::string open;
  std::string from;
  std::string file;
  std::string as;
  std::string name;
  words >> open >> from >> file >> as >> name;
  REQUIRE((open == "<!--" && from == "from"));
  std::string text = tests::content_of(std::string(SLA_SOURCE_DIRECTORY "/") + file);
  if (as != "as") return text;
  replace_all(text, "my_plugin", name);
  std::string camel;
  for (size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '_') continue;
    const bool begins = i == 0 || name[i - 1] == '_';
    camel += begins ? static_cast<char>(std::toupper(name[i])) : name[i];
  }
  replace_all(text, "MyPlugin", camel);
  return text;
}

}  // namespace

TEST_CASE("code in the documents is that of files which are compiled and run", "[docs]") {
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
