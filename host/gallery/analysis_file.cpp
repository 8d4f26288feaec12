#include "host/gallery/analysis_file.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/tensor.h>

#include <algorithm>

#include <nlohmann/json.hpp>

#include "host/evaluation/inference_speed.h"
#include "host/gallery/gallery.h"
#include "host/gallery/picture.h"
#include "host/storage/atomic_file.h"
#include "host/storage/json_file.h"

namespace host::gallery {

namespace {

using nlohmann::json;

constexpr size_t kPairs = 8;
constexpr int64_t kImagesOfPair = 5;

/// [[true class, predicted class, count], ...] of the nonzero cells.
json cells_of(const at::Tensor& confusion) {
  json cells = json::array();
  const auto* count = confusion.data_ptr<int64_t>();
  const int64_t classes = confusion.size(0);
  for (int64_t cell = 0; cell < confusion.numel(); ++cell) {
    if (count[cell] > 0) cells.push_back({cell / classes, cell % classes, count[cell]});
  }
  return cells;
}

/// The positions in the test split of an evaluation's images, in its order.
at::Tensor positions_of(const assembly::Assembly& assembly) {
  const auto sampler = assembly.evaluation_sampler(sla::Split::test);
  std::vector<int64_t> positions;
  for (int64_t number = 0; number < sampler->batches_per_pass(); ++number) {
    const at::Tensor drawn = sampler->draw(number).indices;
    const auto* first = drawn.data_ptr<int64_t>();
    positions.insert(positions.end(), first, first + drawn.numel());
  }
  return at::tensor(positions, at::kLong);
}

/// The off-diagonal cells with the largest counts, and example images of each.
json worst_confusions(const assembly::Assembly& assembly, const at::Tensor& confusion,
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
  const at::Tensor labels = assembly.dataset.labels(sla::Split::test).index_select(0, positions);
  json listed = json::array();
  for (const Pair& pair : pairs) {
    const at::Tensor such = labels.eq(pair.right).logical_and(answers.eq(pair.predicted));
    const at::Tensor chosen = positions.masked_select(such).slice(0, 0, kImagesOfPair);
    const int64_t tiles = chosen.numel();
    if (tiles == 0) continue;  // ties that the score resolved differently
    const auto batch = assembly.dataset.batch(sla::Request::plain(sla::Split::test, chosen));
    listed.push_back({{"right", pair.right},
                      {"predicted", pair.predicted},
                      {"count", pair.count},
                      {"tiles", tiles},
                      {"image", data_address(tiled(batch.images, tiles))}});
  }
  return listed;
}

json describe(const assembly::Assembly& assembly, const sla::Prediction& prediction) {
  return {{"views", prediction.views == sla::Views::all ? "all" : "identity"},
          {"images_per_second", evaluation::inference_speed(assembly, prediction)}};
}

}  // namespace

void write_analysis(const storage::RunDirectory& run, const assembly::Assembly& assembly,
                    const std::vector<sla::Prediction>& predictions,
                    const evaluation::Evaluation& test, const evaluation::Analysis& analysis) {
  json facts{{"class_names", assembly.task.class_names},
             {"class_counts", assembly.task.class_counts},
             {"predictions", json::object()}};
  for (size_t i = 0; i < predictions.size(); ++i) {
    const std::string& name = predictions[i].name;
    json one = describe(assembly, predictions[i]);
    one["calibration"] = analysis.calibration(i);
    if (const auto found = test.confusion.find(name); found != test.confusion.end()) {
      one["class_accuracy"] = evaluation::class_accuracies(found->second);
      one["confusion"] = cells_of(found->second);
    }
    facts["predictions"][name] = one;
  }
  if (json rows = analysis.transformations(); !rows.is_null()) facts["transformations"] = rows;

  const std::string& first = predictions.front().name;
  if (const auto found = test.confusion.find(first); found != test.confusion.end()) {
    const auto& shape = assembly.dataset.image_shape();
    facts["examples"] = {
        {"prediction", first},
        {"tile", {shape.width, shape.height}},
        {"pairs", worst_confusions(assembly, found->second, analysis.first_answers())}};
  }
  facts["gallery"] = to_json(panels(assembly));
  storage::write_atomically(run.analysis(), storage::json_line(facts) + "\n");
}

}  // namespace host::gallery
