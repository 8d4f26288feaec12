#include "host/data/division.h"

namespace host::data {

DrawPart part_of(const sla::Draw& draw, int64_t number, int64_t parts) {
  const int64_t images = draw.indices.numel();
  const int64_t units = draw.episodes ? draw.episodes->episodes : images;
  const int64_t images_per_unit = units == 0 ? 0 : images / units;
  // Rounded up, so that it is the last parts that are smaller, or empty.
  const auto bound = [&](int64_t n) { return (units * n + parts - 1) / parts; };
  const int64_t begin = bound(number) * images_per_unit;
  const int64_t end = bound(number + 1) * images_per_unit;
  DrawPart part{{draw.indices.slice(0, begin, end).contiguous()}, begin};
  for (const auto& [name, annotation] : draw.annotations) {
    part.draw.annotations[name] = annotation.slice(0, begin, end).contiguous();
  }
  if (draw.episodes) {
    part.draw.episodes = draw.episodes;
    part.draw.episodes->episodes = bound(number + 1) - bound(number);
  }
  return part;
}

}  // namespace host::data
