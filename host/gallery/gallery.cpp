#include "host/gallery/gallery.h"

#include <sla/exhibitor.h>

#include <algorithm>

#include <ATen/ops/tensor.h>
#include <nlohmann/json.hpp>

#include "host/errors.h"
#include "host/gallery/picture.h"

namespace host::gallery {

namespace {

/// So many that a report with many runs stays small.
constexpr int64_t kMostImages = 48;
constexpr int64_t kMostRows = 8;

/// `count` positions evenly spread over a batch: neighbours may be of one class.
std::vector<int64_t> spread(int64_t images, int64_t count) {
  std::vector<int64_t> positions;
  for (int64_t i = 0; i < count; ++i) positions.push_back(i * images / count);
  return positions;
}

at::Tensor selected(const at::Tensor& images, const std::vector<int64_t>& positions) {
  return images.index_select(0, at::tensor(positions, at::kLong));
}

void check(const sla::Exhibit& exhibit, int64_t images, const plugin::Origin& origin) {
  const size_t places = exhibit.row_names.size() * exhibit.column_names.size();
  const bool inside = std::all_of(exhibit.images.begin(), exhibit.images.end(),
                                  [&](int64_t i) { return i >= 0 && i < images; });
  if (exhibit.images.size() == places && inside) return;
  throw PluginError(origin.location + ": dataset '" + origin.component + "' lays out " +
                    std::to_string(exhibit.images.size()) + " images of a batch of " +
                    std::to_string(images) + ", expected " + std::to_string(places) +
                    " positions inside it, one for each row and column");
}

/// The dataset's own layout of a batch; nothing where it has none.
std::vector<Panel> own_layout(const training::Assembly& assembly, const sla::Batch& batch) {
  const auto* exhibitor = dynamic_cast<const sla::Exhibitor*>(assembly.dataset.object.get());
  if (exhibitor == nullptr) return {};
  const auto exhibit = assembly.dataset.call(
      "exhibit", [&](const sla::Dataset&) { return exhibitor->exhibit(batch); });
  if (exhibit.images.empty()) return {};
  check(exhibit, batch.images.size(0), assembly.dataset.origin);
  return {{exhibit.title, selected(batch.images, exhibit.images), exhibit.row_names,
           exhibit.column_names}};
}

/// Some images of a batch under all transformations. Where labels are an episode's own, those
/// of the dataset mean nothing.
Panel under_transformations(const training::Assembly& assembly, const sla::Batch& batch,
                            bool with_labels) {
  const int64_t count = assembly.task.transformations;
  const int64_t rows =
      std::min({batch.images.size(0), kMostRows, std::max<int64_t>(2, kMostImages / count)});
  const auto names = assembly.dataset.call(
      "class_names", [](const sla::Dataset& dataset) { return dataset.class_names(); });
  const auto positions = spread(batch.images.size(0), rows);
  Panel panel{
      .title = "Training images as the model sees them",
      .images = assembly.preparation.views(selected(batch.images, positions), sla::Views::all),
      .row_names = {},
      .column_names = transformation_names(assembly)};
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

std::vector<Panel> panels(const training::Assembly& assembly) {
  const auto loader = assembly.training_loader(assembly.training_sampler(), 0, 1);
  const sla::Batch batch = loader->next();
  auto shown = own_layout(assembly, batch);
  shown.push_back(under_transformations(assembly, batch, /*with_labels=*/shown.empty()));
  return shown;
}

std::vector<std::string> transformation_names(const training::Assembly& assembly) {
  std::vector<std::string> names{""};
  for (const auto& transformation : assembly.preparation.components()) {
    const int64_t count =
        transformation.call("count", [](const auto& object) { return object.count(); });
    std::vector<std::string> product;
    for (const std::string& name : names) {
      product.push_back(name);
      for (int64_t j = 1; j < count; ++j) {
        const std::string own = transformation.origin.component + " " + std::to_string(j);
        product.push_back(name.empty() ? own : name + ", " + own);
      }
    }
    names = std::move(product);
  }
  names.front() = "identity";
  return names;
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
