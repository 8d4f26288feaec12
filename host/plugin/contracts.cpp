#include "host/plugin/contracts.h"

#include <sla/testing.h>
#include <spdlog/fmt/fmt.h>

#include <array>
#include <string>

#include "host/errors.h"

namespace host::plugin {

namespace {

using sla::testing::describe;

[[noreturn]] void refuse(const Origin& origin, const std::string& found,
                         const std::string& expected) {
  throw PluginError(fmt::format("{}: plugin '{}', component '{}', returned {}; expected {}",
                                origin.location, origin.plugin, origin.component, found, expected));
}

std::string memory(const at::Tensor& tensor) {
  if (!tensor.defined()) return "";
  return std::string(tensor.is_contiguous() ? "" : ", not contiguous") +
         (tensor.is_cpu() ? "" : ", not on the CPU");
}

}  // namespace

void check_draw(const sla::Draw& draw, int64_t size, const Origin& origin) {
  const auto& indices = draw.indices;
  if (!indices.defined() || indices.dim() != 1 || indices.scalar_type() != at::kLong ||
      !indices.is_cpu() || !indices.is_contiguous()) {
    refuse(origin, "the draw " + describe(indices) + memory(indices),
           "[B] Long, contiguous, on the CPU");
  }
  const auto* first = indices.data_ptr<int64_t>();
  for (int64_t i = 0; i < indices.numel(); ++i) {
    if (first[i] >= 0 && first[i] < size) continue;
    refuse(origin, fmt::format("position {} in a draw", first[i]),
           fmt::format("0 to {}, the positions of the split", size - 1));
  }
}

void check_batch(const sla::Batch& batch, int64_t count, const sla::ImageShape& shape,
                 const Origin& origin) {
  const auto& images = batch.images;
  const auto& labels = batch.labels;
  const std::array<int64_t, 4> sizes{count, shape.channels, shape.height, shape.width};
  if (!images.defined() || images.sizes() != at::IntArrayRef(sizes) || !images.is_contiguous() ||
      !images.is_cpu() || (images.scalar_type() != at::kByte && !images.is_floating_point())) {
    refuse(
        origin, "a batch with images " + describe(images) + memory(images),
        fmt::format("[{}], as image_shape() says, Byte or floating point, contiguous, on the CPU",
                    fmt::join(sizes, ", ")));
  }
  if (!labels.defined() || labels.dim() != 1 || labels.size(0) != count || !labels.is_cpu() ||
      labels.scalar_type() != at::kLong) {
    refuse(origin, "a batch with labels " + describe(labels) + memory(labels),
           fmt::format("[{}] Long, on the CPU", count));
  }
}

void check_views(const at::Tensor& views, const at::Tensor& images, int64_t count,
                 const Origin& origin) {
  if (views.defined() && views.dim() == 4 && views.size(0) == images.size(0) * count &&
      views.sizes().slice(1) == images.sizes().slice(1) &&
      views.scalar_type() == images.scalar_type() && views.device() == images.device() &&
      views.is_contiguous()) {
    return;
  }
  refuse(origin, "views " + describe(views) + memory(views),
         fmt::format("{} times as many images as {}, on the same device, contiguous", count,
                     describe(images)));
}

void check_features(const at::Tensor& features, int64_t rows, int64_t feature_size,
                    const Origin& origin) {
  if (features.defined() && features.dim() == 2 && features.size(0) == rows &&
      features.size(1) == feature_size && features.is_floating_point()) {
    return;
  }
  refuse(origin, "features " + describe(features),
         fmt::format("[{}, {}] floating point, as feature_size() says", rows, feature_size));
}

void check_loss(const sla::Loss& loss, const Origin& origin) {
  const auto& total = loss.total;
  if (!total.defined() || total.dim() != 0 || !total.is_floating_point() ||
      !total.requires_grad()) {
    refuse(origin,
           "the loss " + describe(total) +
               (total.defined() && !total.requires_grad() ? ", without a gradient" : ""),
           "one number, floating point, attached to the graph");
  }
  for (const auto& [name, part] : loss.parts) {
    if (!part.defined() || part.numel() != 1) {
      refuse(origin, "part '" + name + "' of the loss " + describe(part), "one number");
    }
  }
}

void check_logits(const at::Tensor& logits, const sla::Targets& targets, const Origin& origin) {
  const auto& labels = targets.labels;
  if (logits.defined() && labels.defined() && logits.dim() == 2 && labels.dim() == 1 &&
      logits.size(0) == labels.size(0) && labels.scalar_type() == at::kLong) {
    return;
  }
  refuse(origin, "logits " + describe(logits) + " for targets " + describe(labels),
         "[T, K] for [T] Long");
}

}  // namespace host::plugin
