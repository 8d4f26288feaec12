#include "host/assembly/frozen_network.h"

#include <sla/digest.h>
#include <sla/error.h>
#include <spdlog/spdlog.h>

#include <utility>

#include <ATen/core/grad_mode.h>

#include "host/assembly/trained_network.h"
#include "host/assembly/weights_file.h"
#include "host/base/errors.h"
#include "host/experiment/document.h"
#include "host/storage/run_directory.h"

namespace host::assembly {

namespace {

class Frozen final : public sla::FrozenNetwork {
 public:
  explicit Frozen(TrainedNetwork trained) : trained_(std::move(trained)) {}

  const std::vector<std::string>& class_names() const override {
    return trained_.record.task.class_names;
  }

  const std::vector<sla::Prediction>& predictions() const override {
    return trained_.network->objective().predictions();
  }

  at::Tensor predict(std::string_view name, const sla::Batch& batch) override {
    const at::NoGradGuard no_grad;
    const auto embedding = trained_.embed(batch, views_of(std::string(name)));
    const auto& objective = trained_.network->objective();
    return objective.predict(name, embedding, objective.targets(batch));
  }

  at::Tensor features(const at::Tensor& images) override {
    const at::NoGradGuard no_grad;
    return trained_.network->forward(trained_.normalisation(images), /*maps=*/false).features;
  }

  std::vector<int64_t> stage_channels() const override {
    return trained_.network->model().stage_channels();
  }

  sla::StagedFeatures staged_features(const at::Tensor& images) override {
    if (stage_channels().empty()) {
      throw sla::Error("the frozen network's model offers no feature maps");
    }
    const at::NoGradGuard no_grad;
    return trained_.network->forward(trained_.normalisation(images), /*maps=*/true);
  }

 private:
  sla::Views views_of(const std::string& prediction) const {
    try {
      return prediction_named(prediction, predictions(), "the frozen network").views;
    } catch (const ExperimentError& error) {
      throw sla::Error(error.what());  // the fault of the plugin that asks
    }
  }

  TrainedNetwork trained_;
};

}  // namespace

std::shared_ptr<sla::FrozenNetwork> load_frozen_network(const std::filesystem::path& path,
                                                        const std::vector<std::string>& class_names,
                                                        const plugin::Surroundings& surroundings,
                                                        std::vector<FrozenRun>& loaded) {
  const storage::RunDirectory run(path);
  const auto weights = read_finished_weights(run);
  const std::string source = run.weights().string();
  const auto record = parse_task_record(weights.metadata.at("task"), source);
  require_classes(record.task, class_names, "run " + path.string());
  const auto experiment = experiment::interpret(
      experiment::parse_document(weights.metadata.at("experiment"), source), path.filename());
  auto trained = load_trained_network(weights, record, experiment, source, surroundings);
  loaded.push_back({std::filesystem::canonical(path), experiment.name,
                    sla::file_digest(sla::Digest::sha256, run.weights())});
  spdlog::info("frozen network of {}: {} classes, {} transformations", path.string(),
               record.task.classes, record.task.transformations);
  return std::make_shared<Frozen>(std::move(trained));
}

}  // namespace host::assembly
