#include "host/results/text_table.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <string_view>

namespace host::results {

namespace {

using Row = std::vector<std::string>;

/// Number of characters in UTF-8 text.
size_t width_of(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

std::string padded(const std::string& text, size_t width, bool left) {
  const std::string space(width - std::min(width, width_of(text)), ' ');
  return left ? text + space : space + text;
}

std::string replaced(const std::string& text, char what, std::string_view by) {
  std::string changed;
  for (const char c : text) {
    if (c == what) {
      changed.append(by);
    } else {
      changed.push_back(c);
    }
  }
  return changed;
}

std::vector<size_t> widths_of(const TextTable& table) {
  std::vector<size_t> widths;
  for (const std::string& cell : table.header) widths.push_back(width_of(cell));
  for (const Row& row : table.rows) {
    for (size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], width_of(row[c]));
  }
  return widths;
}

std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  return fmt::format("\"{}\"", replaced(text, '"', "\"\""));
}

std::string latex_cell(const std::string& text) {
  std::string escaped;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (text.compare(i, 2, "+-") == 0) {
      escaped.append("$\\pm$");
      ++i;
    } else if (c == '\\') {
      escaped.append("\\textbackslash{}");
    } else if (c == '~' || c == '^') {
      escaped.append({'\\', c, '{', '}'});
    } else if (std::string_view("#$%&_{}").find(c) != std::string_view::npos) {
      escaped.append({'\\', c});
    } else {
      escaped.push_back(c);
    }
  }
  return escaped;
}

/// The cells, each formatted by `show`, joined by `between`.
std::string joined(const Row& row, std::string (*show)(const std::string&),
                   std::string_view between) {
  Row shown;
  for (const std::string& cell : row) shown.push_back(show(cell));
  return fmt::format("{}", fmt::join(shown, between));
}

std::string markdown_cell(const std::string& text) { return replaced(text, '|', "\\|"); }

}  // namespace

std::string TextTable::plain() const {
  const auto widths = widths_of(*this);
  const auto line = [&](const Row& row) {
    Row cells;
    for (size_t c = 0; c < row.size(); ++c) cells.push_back(padded(row[c], widths[c], c == 0));
    const std::string text = fmt::format("{}", fmt::join(cells, "  "));
    return text.substr(0, text.find_last_not_of(' ') + 1) + "\n";
  };
  std::string text = line(header);
  for (const Row& row : rows) text += line(row);
  return text;
}

std::string TextTable::markdown() const {
  const auto line = [](const Row& row) {
    return fmt::format("| {} |\n", joined(row, &markdown_cell, " | "));
  };
  std::string text = line(header) + "| ---";
  for (size_t c = 1; c < header.size(); ++c) text += " | ---:";
  text += " |\n";
  for (const Row& row : rows) text += line(row);
  return text;
}

std::string TextTable::csv() const {
  std::string text = joined(header, &csv_cell, ",") + "\n";
  for (const Row& row : rows) text += joined(row, &csv_cell, ",") + "\n";
  return text;
}

std::string TextTable::latex() const {
  const auto line = [](const Row& row) {
    return fmt::format("{} \\\\\n", joined(row, &latex_cell, " & "));
  };
  std::string text =
      fmt::format("\\begin{{tabular}}{{l{}}}\n\\toprule\n", std::string(header.size() - 1, 'r'));
  text += line(header) + "\\midrule\n";
  for (const Row& row : rows) text += line(row);
  return text + "\\bottomrule\n\\end{tabular}\n";
}

}  // namespace host::results
