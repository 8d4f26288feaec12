#pragma once

#include <string>
#include <vector>

namespace host::results {

/// A table of text; the first column is left-aligned, all others right-aligned.
struct TextTable {
  std::vector<std::string> header;
  /// Each as long as the header.
  std::vector<std::vector<std::string>> rows;

  /// Aligned columns for a terminal.
  std::string plain() const;
  std::string markdown() const;
  /// RFC 4180, with "\n".
  std::string csv() const;
  /// A tabular environment for the package booktabs.
  std::string latex() const;
};

}  // namespace host::results
