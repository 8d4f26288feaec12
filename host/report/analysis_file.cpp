#include "host/report/analysis_file.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/tensor.h>

#include <algorithm>

#include <nlohmann/json.hpp>

#include "host/gallery/gallery.h"
#include "host/gallery/picture.h"
#include "host/storage/atomic_file.h"
#include "host/storage/json_file.h"
#include "host/training/inference_speed.h"

namespace host::report {

namespace {

using nlohmann::json;

constexpr size_t kPairs = 8;
constexpr int64_t kImagesOfPair = 5;

/// [[right class, predicted class, count], ...] of the cells that are not zero.
json cells_of(const at::Tensor& confusion) {
  json cells = json::array();
  const auto* count = confusion.data_ptr<int64_t>();
  const int64_t classes = confusion.size(0);
  for (int64_t cell = 0; cell < confusion.numel(); ++cell) {
    if (count[cell] > 0) cells.push_back({cell / classes, cell % classes, count[cell]});
  }
  return cells;
}

/// Where in the test split the images of an evaluation are, in its order.
at::Tensor positions_of(const training::Assembly& assembly) {
  const auto sampler = assembly.evaluation_sampler(sla::Split::test);
  std::vector<int64_t> positions;
  for (int64_t number = 0; number < sampler->batches_per_pass(); ++number) {
    const at::Tensor drawn = sampler->draw(number).indices;
    const auto* first = drawn.data_ptr<int64_t>();
    positions.insert(positions.end(), first, first + drawn.numel());
  }
  return at::tensor(positions, at::kLong);
}

/// The off-diagonal cells with the largest counts, and images of each.
json worst_confusions(const training::Assembly& assembly, const at::Tensor& confusion,
                      const at::Tensor& answers) {
  struct Pair {
    int64_t count, right, predicted;
  };
  std::vector<Pair> pairs;
  for (const json& cell : cells_of(confusion)) {
    if (cell[0] != cell[1]) pairs.push_back({cell[2], cell[0], cell[1]});
  }
  std::stable_sort(pairs.begin(), pairs.end(),
                   [](const Pair& a, const Pair& b) { return a.count > b.count; });
  pairs.resize(std::min(pairs.size(), kPairs));

  const at::Tensor positions = positions_of(assembly);
  const at::Tensor labels = assembly.labels(sla::Split::test).index_select(0, positions);
  json listed = json::array();
  for (const Pair& pair : pairs) {
    const at::Tensor such = labels.eq(pair.right).logical_and(answers.eq(pair.predicted));
    const at::Tensor chosen = positions.masked_select(such).slice(0, 0, kImagesOfPair);
    const int64_t tiles = chosen.numel();
    if (tiles == 0) continue;  // ties that the score broke in another way
    const auto batch = assembly.dataset.call("batch", [&](const sla::Dataset& dataset) {
      return dataset.batch(sla::Split::test, chosen);
    });
    listed.push_back({{"right", pair.right},
                      {"predicted", pair.predicted},
                      {"count", pair.count},
                      {"tiles", tiles},
                      {"image", gallery::data_address(gallery::tiled(batch.images, tiles))}});
  }
  return listed;
}

json describe(const training::Assembly& assembly, const sla::Prediction& prediction) {
  return {{"views", prediction.views == sla::Views::all ? "all" : "identity"},
          {"images_per_second", training::inference_speed(assembly, prediction)}};
}

}  // namespace

void write_analysis(const storage::RunDirectory& run, const training::Assembly& assembly,
                    const std::vector<sla::Prediction>& predictions,
                    const training::Evaluation& test, const training::Analysis& analysis) {
  json facts{{"class_names",
              assembly.dataset.call("class_names",
                                    [](const auto& dataset) { return dataset.class_names(); })},
             {"class_counts", assembly.task.class_counts},
             {"predictions", json::object()}};
  for (size_t i = 0; i < predictions.size(); ++i) {
    const std::string& name = predictions[i].name;
    json one = describe(assembly, predictions[i]);
    one["calibration"] = analysis.calibration(i);
    if (const auto found = test.confusion.find(name); found != test.confusion.end()) {
      one["class_accuracy"] = training::class_accuracies(found->second);
      one["confusion"] = cells_of(found->second);
    }
    facts["predictions"][name] = one;
  }
  if (json rows = analysis.transformations(); !rows.is_null()) facts["transformations"] = rows;

  const std::string& first = predictions.front().name;
  if (const auto found = test.confusion.find(first); found != test.confusion.end()) {
    const auto shape = assembly.dataset.call(
        "image_shape", [](const sla::Dataset& dataset) { return dataset.image_shape(); });
    facts["examples"] = {
        {"prediction", first},
        {"tile", {shape.width, shape.height}},
        {"pairs", worst_confusions(assembly, found->second, analysis.first_answers())}};
  }
  facts["gallery"] = gallery::to_json(gallery::panels(assembly));
  storage::write_atomically(run.analysis(), storage::json_text(facts, /*indent=*/-1));
}

}  // namespace host::report
