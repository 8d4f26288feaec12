#include "host/gallery/gallery.h"

#include <algorithm>

#include <ATen/ops/tensor.h>
#include <nlohmann/json.hpp>

#include "host/base/errors.h"
#include "host/gallery/picture.h"

namespace host::gallery {

namespace {

/// Few enough to keep a report of many runs small.
constexpr int64_t kMostImages = 48;
constexpr int64_t kMostRows = 8;

/// `count` positions spread evenly over a batch, since neighbours may share a class.
std::vector<int64_t> spread(int64_t images, int64_t count) {
  std::vector<int64_t> positions;
  for (int64_t i = 0; i < count; ++i) positions.push_back(i * images / count);
  return positions;
}

at::Tensor selected(const at::Tensor& images, const std::vector<int64_t>& positions) {
  return images.index_select(0, at::tensor(positions, at::kLong));
}

/// The dataset's own layout of a batch; nullopt if it has none.
std::vector<Panel> own_layout(const assembly::Assembly& assembly, const sla::Batch& batch) {
  const auto exhibit = assembly.dataset.exhibit(batch);
  if (!exhibit || exhibit->images.empty()) return {};
  return {{exhibit->title, selected(batch.images, exhibit->images), exhibit->row_names,
           exhibit->column_names}};
}

/// Some images of a batch under all transformations. If labels are local to an episode, the
/// dataset's class names do not apply.
Panel under_transformations(const assembly::Assembly& assembly, const sla::Batch& batch,
                            bool with_labels) {
  const int64_t count = assembly.task.transformations;
  const int64_t rows =
      std::min({batch.images.size(0), kMostRows, std::max<int64_t>(2, kMostImages / count)});
  const auto& names = assembly.dataset.class_names();
  const auto positions = spread(batch.images.size(0), rows);
  Panel panel{
      .title = "Training images as the model sees them",
      .images = assembly.transformations
                    .apply(selected(batch.images, positions).to(assembly.device), sla::Views::all)
                    .cpu(),
      .row_names = {},
      .column_names = assembly.transformations.names()};
  const auto* labels = batch.labels.data_ptr<int64_t>();
  for (const int64_t position : positions) {
    const int64_t label = labels[position];
    panel.row_names.push_back(names.at(static_cast<size_t>(label)));
    for (int64_t j = 0; with_labels && j < count; ++j) {
      panel.captions.push_back("joint " + std::to_string(label * count + j));
    }
  }
  return panel;
}

}  // namespace

std::vector<Panel> panels(const assembly::Assembly& assembly) {
  const auto loader = assembly.training_loader(assembly.training_sampler(), 0, 1);
  const sla::Batch batch = loader->next();
  auto shown = own_layout(assembly, batch);
  shown.push_back(under_transformations(assembly, batch, /*with_labels=*/shown.empty()));
  return shown;
}

nlohmann::json to_json(const std::vector<Panel>& panels) {
  auto list = nlohmann::json::array();
  for (const Panel& panel : panels) {
    const auto columns = static_cast<int64_t>(panel.column_names.size());
    list.push_back({{"title", panel.title},
                    {"tile", {panel.images.size(3), panel.images.size(2)}},
                    {"columns", columns},
                    {"image", data_address(tiled(panel.images, columns))},
                    {"row_names", panel.row_names},
                    {"column_names", panel.column_names},
                    {"captions", panel.captions}});
  }
  return list;
}

}  // namespace host::gallery
