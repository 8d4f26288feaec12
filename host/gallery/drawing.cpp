#include "host/gallery/drawing.h"

#include <algorithm>
#include <functional>
#include <limits>

#include "host/gallery/canvas.h"
#include "host/gallery/picture.h"

namespace host::gallery {

namespace {

constexpr int64_t kMargin = 24;
constexpr int64_t kGap = 12;
constexpr int64_t kTileWidth = 128;
constexpr int64_t kNamesWidth = 208;
constexpr int64_t kHistogramHeight = 200;
constexpr int64_t kLeastWidth = 720;
constexpr Colour kBar{58, 110, 165};

int64_t scale_of(const Panel& panel) {
  return std::max<int64_t>(1, kTileWidth / panel.images.size(3));
}

/// Each text broken into lines, padded to the longest one's number of lines.
std::vector<std::vector<std::string>> wrapped(const std::vector<std::string>& texts,
                                              int64_t width) {
  std::vector<std::vector<std::string>> all;
  size_t most = 0;
  for (const std::string& text : texts) {
    all.push_back(Canvas::wrapped(text, width));
    most = std::max(most, all.back().size());
  }
  for (auto& lines : all) lines.resize(most);
  return all;
}

int64_t height_of(const std::vector<std::vector<std::string>>& texts) {
  return texts.empty() ? 0 : std::ssize(texts.front()) * Canvas::kLineHeight;
}

void write(Canvas& canvas, const std::vector<std::string>& lines, int64_t x, int64_t y) {
  for (const std::string& line : lines) {
    canvas.write(line, x, y);
    y += Canvas::kLineHeight;
  }
}

/// The layout of a panel.
struct Layout {
  explicit Layout(const Panel& panel)
      : scale(scale_of(panel)),
        cell_width(panel.images.size(3) * scale + kGap),
        columns(wrapped(panel.column_names, cell_width - kGap)),
        captions(wrapped(panel.captions, cell_width - kGap)),
        cell_height(panel.images.size(2) * scale + height_of(captions) + kGap) {}

  int64_t width() const { return kNamesWidth + std::ssize(columns) * cell_width; }
  int64_t height(const Panel& panel) const {
    return 2 * Canvas::kLineHeight + height_of(columns) + std::ssize(panel.row_names) * cell_height;
  }

  int64_t scale;
  int64_t cell_width;
  std::vector<std::vector<std::string>> columns;
  std::vector<std::vector<std::string>> captions;
  int64_t cell_height;
};

void draw(Canvas& canvas, const Panel& panel, const Layout& layout, int64_t y) {
  canvas.write(panel.title, kMargin, y);
  y += 2 * Canvas::kLineHeight;
  const int64_t left = kMargin + kNamesWidth;
  for (size_t c = 0; c < layout.columns.size(); ++c) {
    write(canvas, layout.columns[c], left + static_cast<int64_t>(c) * layout.cell_width, y);
  }
  y += height_of(layout.columns);
  const size_t columns = layout.columns.size();
  for (size_t row = 0; row < panel.row_names.size(); ++row) {
    write(canvas, Canvas::wrapped(panel.row_names[row], kNamesWidth - kGap), kMargin, y);
    for (size_t c = 0; c < columns; ++c) {
      const size_t place = row * columns + c;
      const int64_t x = left + static_cast<int64_t>(c) * layout.cell_width;
      const auto one = panel.images.narrow(0, static_cast<int64_t>(place), 1);
      canvas.draw(tiled(one, /*columns=*/1), x, y, layout.scale);
      if (place < layout.captions.size()) {
        write(canvas, layout.captions[place], x, y + panel.images.size(2) * layout.scale + 4);
      }
    }
    y += layout.cell_height;
  }
}

/// Random splits are slightly uneven too; classes without training images do not count.
bool is_uneven(const std::vector<int64_t>& counts) {
  int64_t least = std::numeric_limits<int64_t>::max();
  int64_t most = 0;
  for (const int64_t count : counts) {
    if (count > 0) least = std::min(least, count);
    most = std::max(most, count);
  }
  return most > 0 && most > 2 * least;
}

void draw_histogram(Canvas& canvas, std::vector<int64_t> counts, int64_t y) {
  std::sort(counts.begin(), counts.end(), std::greater<>());
  canvas.write("Training images per class, most frequent first: " + std::to_string(counts.front()) +
                   " to " + std::to_string(counts.back()),
               kMargin, y);
  y += 2 * Canvas::kLineHeight;
  const int64_t room = canvas.pixels().size(2) - 2 * kMargin;
  const int64_t step = std::max<int64_t>(1, room / std::ssize(counts));
  for (size_t c = 0; c < counts.size(); ++c) {
    const int64_t height = counts[c] * kHistogramHeight / std::max<int64_t>(1, counts.front());
    canvas.fill(kMargin + static_cast<int64_t>(c) * step, y + kHistogramHeight - height,
                std::max<int64_t>(1, step - 1), height, kBar);
  }
}

}  // namespace

at::Tensor drawing(const std::vector<Panel>& panels, const std::vector<int64_t>& class_counts) {
  const bool uneven = is_uneven(class_counts);
  std::vector<Layout> layouts;
  int64_t width = kLeastWidth;
  int64_t height = kMargin;
  for (const Panel& panel : panels) {
    layouts.emplace_back(panel);
    width = std::max({width, layouts.back().width(), Canvas::width_of(panel.title)});
    height += layouts.back().height(panel) + kMargin;
  }
  if (uneven) height += kHistogramHeight + 2 * Canvas::kLineHeight + kMargin;

  Canvas canvas(width + 2 * kMargin, height);
  int64_t y = kMargin;
  for (size_t i = 0; i < panels.size(); ++i) {
    draw(canvas, panels[i], layouts[i], y);
    y += layouts[i].height(panels[i]) + kMargin;
  }
  if (uneven) draw_histogram(canvas, class_counts, y);
  return canvas.pixels();
}

}  // namespace host::gallery
