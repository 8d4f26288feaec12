#include "host/assembly/frozen_network.h"

#include <sla/digest.h>
#include <sla/error.h>
#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include <ATen/core/grad_mode.h>

#include "host/assembly/forward.h"
#include "host/assembly/network.h"
#include "host/assembly/weights_file.h"
#include "host/base/errors.h"
#include "host/data/normalisation.h"
#include "host/data/transformations.h"
#include "host/experiment/document.h"
#include "host/experiment/suggest.h"
#include "host/plugin/search_path.h"
#include "host/storage/run_directory.h"
#include "host/storage/safetensors.h"

namespace host::assembly {

namespace {

class Frozen final : public sla::FrozenNetwork {
 public:
  Frozen(sla::Task task, data::Transformations transformations, data::Normalisation normalisation,
         std::shared_ptr<Network> network)
      : task_(std::move(task)),
        transformations_(std::move(transformations)),
        normalisation_(std::move(normalisation)),
        network_(std::move(network)) {
    network_->eval();
    for (auto& parameter : network_->parameters()) parameter.requires_grad_(false);
  }

  const std::vector<std::string>& class_names() const override { return task_.class_names; }

  const std::vector<sla::Prediction>& predictions() const override {
    return network_->objective().predictions();
  }

  at::Tensor predict(std::string_view name, const sla::Batch& batch) override {
    const auto& offered = predictions();
    const auto asked = std::find_if(offered.begin(), offered.end(),
                                    [&](const auto& one) { return one.name == name; });
    if (asked == offered.end()) {
      std::vector<std::string> known;
      for (const auto& one : offered) known.push_back(one.name);
      throw sla::Error(fmt::format("the frozen network offers no prediction '{}'{}", name,
                                   experiment::suggest(std::string(name), known)));
    }
    const at::NoGradGuard no_grad;
    const auto embedding =
        forward(transformations_, normalisation_, *network_, batch, asked->views);
    const auto& objective = network_->objective();
    return objective.predict(name, embedding, objective.targets(batch));
  }

  at::Tensor features(const at::Tensor& images) override {
    const at::NoGradGuard no_grad;
    return network_->forward(normalisation_(images), /*maps=*/false).features;
  }

  std::vector<int64_t> stage_channels() const override {
    return network_->model().stage_channels();
  }

  sla::StagedFeatures staged_features(const at::Tensor& images) override {
    if (stage_channels().empty()) {
      throw sla::Error("the frozen network's model offers no feature maps");
    }
    const at::NoGradGuard no_grad;
    return network_->forward(normalisation_(images), /*maps=*/true);
  }

 private:
  sla::Task task_;
  data::Transformations transformations_;
  data::Normalisation normalisation_;
  std::shared_ptr<Network> network_;
};

}  // namespace

std::shared_ptr<sla::FrozenNetwork> load_frozen_network(const std::filesystem::path& path,
                                                        const std::vector<std::string>& class_names,
                                                        const plugin::Surroundings& surroundings,
                                                        std::vector<FrozenRun>& loaded) {
  const storage::RunDirectory run(path);
  const auto weights = read_finished_weights(run);
  const std::string source = run.weights().string();
  const auto [task, shape] = parse_task_record(weights.metadata.at("task"), source);
  require_classes(task, class_names, "run " + path.string());

  const auto experiment = experiment::interpret(
      experiment::parse_document(weights.metadata.at("experiment"), source), path.filename());
  const auto precision = experiment.training.precision;
  const plugin::Factory factory(plugin::search_path(experiment.plugin_path), surroundings);
  std::vector<plugin::Transformation> transformations;
  for (const auto& table : experiment.transformations) {
    transformations.push_back(factory.transformation(table));
  }
  auto model = factory.model(experiment.model, shape);
  auto objective = factory.objective(experiment.objective, task, model);
  auto network = std::make_shared<Network>(std::move(model), std::move(objective), precision,
                                           surroundings.device);
  network->load_state(weights.tensors, source);
  loaded.push_back({std::filesystem::canonical(path), experiment.name,
                    sla::file_digest(sla::Digest::sha256, run.weights())});
  spdlog::info("frozen network of {}: {} classes, {} transformations", path.string(), task.classes,
               task.transformations);
  return std::make_shared<Frozen>(task, data::Transformations(std::move(transformations)),
                                  data::Normalisation(experiment.normalisation, shape.channels,
                                                      network->dtype(), surroundings.device),
                                  std::move(network));
}

}  // namespace host::assembly
