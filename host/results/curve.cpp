#include "host/results/curve.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>

namespace host::results {

namespace {

constexpr int kLabel = 9;  // characters of a value and the space after it

/// A canvas of dots, `across` x `down` of them in each character.
class Dots {
 public:
  Dots(int rows, int columns, bool unicode)
      : unicode_(unicode),
        rows_(rows),
        columns_(columns),
        cells_(static_cast<size_t>(rows * columns)) {}

  int width() const { return columns_ * (unicode_ ? 2 : 1); }
  int height() const { return rows_ * (unicode_ ? 4 : 1); }

  /// (0, 0) is at the top left.
  void set(int x, int y) {
    // The bits of the dots of U+2800: the left column, then the right one, from the top.
    constexpr unsigned kBits[2][4] = {{0x01, 0x02, 0x04, 0x40}, {0x08, 0x10, 0x20, 0x80}};
    const int column = unicode_ ? x / 2 : x;
    const int row = unicode_ ? y / 4 : y;
    cells_[static_cast<size_t>(row * columns_ + column)] |= unicode_ ? kBits[x % 2][y % 4] : 1;
  }

  std::string line(int row) const {
    std::string text;
    for (int column = 0; column < columns_; ++column) {
      const unsigned dots = cells_[static_cast<size_t>(row * columns_ + column)];
      if (dots == 0 || !unicode_) {
        text += dots == 0 ? " " : "*";
      } else {
        text += '\xe2';  // UTF-8 of U+2800 to U+28FF
        text += static_cast<char>(0xa0U | dots >> 6U);
        text += static_cast<char>(0x80U | (dots & 0x3fU));
      }
    }
    return text;
  }

 private:
  bool unicode_;
  int rows_;
  int columns_;
  std::vector<unsigned> cells_;
};

}  // namespace

std::vector<std::string> drawn_curve(const Series& series, int rows, int columns, bool unicode) {
  Dots dots(rows, std::max(1, columns - kLabel), unicode);
  double low = INFINITY;
  double high = -INFINITY;
  for (const double value : series.values) {
    if (!std::isfinite(value)) continue;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  const int64_t last = series.iterations.empty() ? 0 : series.iterations.back();
  const auto place = [](double part, int places) {
    return std::clamp(static_cast<int>(std::lround(part * (places - 1))), 0, places - 1);
  };
  for (size_t i = 0; i < series.values.size(); ++i) {
    if (!std::isfinite(series.values[i])) continue;
    const double x =
        last > 0 ? static_cast<double>(series.iterations[i]) / static_cast<double>(last) : 0;
    const double y = high > low ? (high - series.values[i]) / (high - low) : 0;
    dots.set(place(x, dots.width()), place(y, dots.height()));
  }
  std::vector<std::string> lines;
  for (int row = 0; row < rows; ++row) {
    const double value = row == 0 ? high : low;
    const bool labelled = std::isfinite(value) && (row == 0 || (row == rows - 1 && high > low));
    lines.push_back((labelled ? fmt::format("{:>8.4g} ", value) : std::string(kLabel, ' ')) +
                    dots.line(row));
  }
  return lines;
}

}  // namespace host::results
