#include "host/plugin/data_contracts.h"

#include <sla/describe.h>
#include <sla/error.h>
#include <sla/image_names.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>

#include "host/base/utf8.h"
#include "host/plugin/refusal.h"

namespace host::plugin {

namespace {

using sla::describe;

/// The first of these numbers (on the CPU) outside [0, end), or nullopt.
std::optional<int64_t> outside(const at::Tensor& numbers, int64_t end) {
  const auto* first = numbers.data_ptr<int64_t>();
  const auto* last = first + numbers.numel();
  const auto* found = std::find_if(first, last, [&](int64_t n) { return n < 0 || n >= end; });
  return found == last ? std::nullopt : std::optional(*found);
}

/// Whether a tensor is a contiguous int64 list on the CPU, of `size` numbers unless negative.
bool is_list(const at::Tensor& tensor, int64_t size = -1) {
  return tensor.defined() && tensor.dim() == 1 && tensor.scalar_type() == at::kLong &&
         tensor.is_cpu() && tensor.is_contiguous() && (size < 0 || tensor.numel() == size);
}

void check_annotations(const std::map<std::string, at::Tensor>& annotations, int64_t count,
                       std::string_view function, const Origin& origin) {
  for (const auto& [name, tensor] : annotations) {
    if (tensor.defined() && tensor.dim() > 0 && tensor.size(0) == count && tensor.is_cpu()) {
      if (name != sla::kImageNames || (tensor.dim() == 2 && tensor.scalar_type() == at::kByte)) {
        continue;
      }
      refuse(origin, function, "the images' names as " + describe(tensor),
             "those of pack_names(), [B, L] Byte");
    }
    refuse(origin, function, "annotation '" + name + "' as " + describe(tensor) + memory(tensor),
           fmt::format("a tensor on the CPU whose first dimension is {}, one row for each image",
                       count));
  }
}

}  // namespace

void check_class_names(const std::vector<std::string>& names, const Origin& origin) {
  if (names.empty()) refuse(origin, "class_names", "no name", "one for each class");
  std::set<std::string> seen;
  for (const auto& name : names) {
    if (!is_utf8(name)) {
      refuse(origin, "class_names", "'" + name + "', which is not UTF-8",
             "names in UTF-8, which checkpoints and results are written in; rename the folder or "
             "the class");
    }
    if (seen.insert(name).second) continue;
    refuse(origin, "class_names", "'" + name + "' twice", "a name of its own for each class");
  }
}

void check_labels(const at::Tensor& labels, sla::Split split, int64_t classes,
                  const Origin& origin) {
  static constexpr std::array<const char*, 3> kNames{"training", "validation", "test"};
  const std::string of = std::string(kNames.at(static_cast<size_t>(split))) + " labels ";
  if (!is_list(labels)) {
    refuse(origin, "labels", of + describe(labels) + memory(labels),
           "[size] Long, contiguous, on the CPU");
  }
  if (const auto wrong = outside(labels, classes)) {
    refuse(origin, "labels", of + "with class " + std::to_string(*wrong),
           fmt::format("0 to {}, as there are {} class names", classes - 1, classes));
  }
  if (split == sla::Split::train && labels.numel() == 0) {
    refuse(origin, "labels", "no training label", "at least one training image");
  }
}

void check_class_groups(const std::map<std::string, std::vector<int64_t>>& groups, int64_t classes,
                        const Origin& origin) {
  for (const auto& [name, members] : groups) {
    if (name.empty()) refuse(origin, "class_groups", "a group without a name", "a name");
    if (name == "balanced" || name == "top5" || name.find('.') != std::string::npos) {
      refuse(origin, "class_groups", "a group named '" + name + "'",
             "a name without dots, and none of the host's own, balanced and top5");
    }
    for (const int64_t member : members) {
      if (member >= 0 && member < classes) continue;
      refuse(origin, "class_groups", fmt::format("class {} in group '{}'", member, name),
             fmt::format("0 to {}", classes - 1));
    }
  }
}

void check_texts(const std::map<std::string, std::string>& texts, std::string_view function,
                 const Origin& origin) {
  for (const auto& [name, text] : texts) {
    if (is_utf8(name) && is_utf8(text)) continue;
    refuse(origin, function, "'" + name + "' with text that is not UTF-8",
           "names and text in UTF-8");
  }
}

void check_request(const sla::Request& request, int64_t size) {
  const at::Tensor& indices = request.indices;
  const auto wrong = is_list(indices) ? outside(indices, size) : std::nullopt;
  if (is_list(indices) && !wrong) return;
  throw sla::Error(fmt::format(
      "it asked its source for {}; a request's indices are [B] Long, contiguous, on the CPU, each "
      "0 "
      "to {}",
      wrong ? fmt::format("position {}", *wrong) : describe(indices) + memory(indices), size - 1));
}

void check_draw(const sla::Draw& draw, int64_t size, const Origin& origin) {
  if (!is_list(draw.indices)) {
    refuse(origin, "draw", "the indices " + describe(draw.indices) + memory(draw.indices),
           "[B] Long, contiguous, on the CPU");
  }
  if (const auto wrong = outside(draw.indices, size)) {
    refuse(origin, "draw", fmt::format("position {}", *wrong),
           fmt::format("0 to {}, the positions of the split", size - 1));
  }
  if (draw.indices.numel() == 0) refuse(origin, "draw", "no image", "at least one");
  check_annotations(draw.annotations, draw.indices.numel(), "draw", origin);
  if (!draw.episodes) return;
  const auto& layout = *draw.episodes;
  if (std::min({layout.episodes, layout.way, layout.shot}) < 1 || layout.query < 0) {
    refuse(origin, "draw",
           fmt::format("{} episodes of {} classes with {} shots and {} queries", layout.episodes,
                       layout.way, layout.shot, layout.query),
           "at least one of each, and any number of queries");
  }
  if (layout.images() != draw.indices.numel()) {
    refuse(origin, "draw", fmt::format("{} images", draw.indices.numel()),
           fmt::format("{}, as its episode layout says", layout.images()));
  }
}

void check_batch(const sla::Batch& batch, int64_t count, const sla::ImageShape& shape,
                 std::string_view function, const Origin& origin) {
  const auto& images = batch.images;
  const std::array<int64_t, 4> sizes{count, shape.channels, shape.height, shape.width};
  const auto has_type = [&](auto... types) { return ((images.scalar_type() == types) || ...); };
  if (!images.defined() || images.sizes() != at::IntArrayRef(sizes) || !images.is_contiguous() ||
      !images.is_cpu() || !has_type(at::kByte, at::kFloat, at::kDouble)) {
    refuse(origin, function, "images " + describe(images) + memory(images),
           fmt::format("[{}], as image_shape() says, Byte, Float or Double, contiguous, on the CPU",
                       fmt::join(sizes, ", ")));
  }
  if (!is_list(batch.labels, count)) {
    refuse(origin, function, "labels " + describe(batch.labels) + memory(batch.labels),
           fmt::format("[{}] Long, contiguous, on the CPU", count));
  }
  check_annotations(batch.annotations, count, function, origin);
}

void check_mixed(const sla::MixedLabels& mixed, int64_t count, int64_t classes,
                 const Origin& origin) {
  if (!is_list(mixed.labels, count) || outside(mixed.labels, classes)) {
    refuse(origin, "apply", "mixed labels " + describe(mixed.labels) + memory(mixed.labels),
           fmt::format("[{}] Long, contiguous, on the CPU, each 0 to {}", count, classes - 1));
  }
  const auto& share = mixed.share;
  const bool scalar =
      share.defined() && share.dim() == 0 && share.scalar_type() == at::kDouble && share.is_cpu();
  // Written so that NaN is rejected.
  if (scalar && share.item<double>() >= 0 && share.item<double>() <= 1) return;
  refuse(origin, "apply",
         "the share " + (scalar ? std::to_string(share.item<double>()) : describe(share)),
         "one Double on the CPU, 0 to 1: the share of the first labels");
}

void check_exhibit(const sla::Exhibit& exhibit, int64_t images, const Origin& origin) {
  const size_t places = exhibit.row_names.size() * exhibit.column_names.size();
  const bool inside = std::all_of(exhibit.images.begin(), exhibit.images.end(),
                                  [&](int64_t i) { return i >= 0 && i < images; });
  if (exhibit.images.size() == places && inside) return;
  refuse(origin, "exhibit",
         fmt::format("{} images of a batch of {}", exhibit.images.size(), images),
         fmt::format("{} positions in the batch, one for each row and column", places));
}

void check_views(const at::Tensor& views, const at::Tensor& images, int64_t count,
                 std::string_view function, const Origin& origin) {
  if (views.defined() && views.dim() == 4 && views.size(0) == images.size(0) * count &&
      views.sizes().slice(1) == images.sizes().slice(1) &&
      views.scalar_type() == images.scalar_type() && views.device() == images.device() &&
      views.is_contiguous()) {
    return;
  }
  refuse(origin, function,
         "images " + describe(views) +
             (views.defined() && !views.is_contiguous() ? ", not contiguous" : ""),
         fmt::format("{} times as many as {}, of the same shape, dtype and device, contiguous",
                     count, describe(images)));
}

}  // namespace host::plugin
