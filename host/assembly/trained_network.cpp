#include "host/assembly/trained_network.h"

#include <algorithm>
#include <utility>

#include "host/assembly/forward.h"
#include "host/base/errors.h"
#include "host/experiment/suggest.h"
#include "host/plugin/search_path.h"

namespace host::assembly {

sla::Embedding TrainedNetwork::embed(const sla::Batch& batch, sla::Views views) const {
  return forward(*network, network_inputs(transformations, normalisation, batch, views), batch,
                 views);
}

TrainedNetwork load_trained_network(const storage::TensorFile& weights, const TaskRecord& record,
                                    const experiment::Experiment& experiment,
                                    const std::string& source,
                                    const plugin::Surroundings& surroundings) {
  const plugin::Factory factory(plugin::search_path(experiment.plugin_path), surroundings);
  std::vector<plugin::Transformation> transformations;
  for (const auto& table : experiment.transformations) {
    transformations.push_back(factory.transformation(table));
  }
  auto model = factory.model(experiment.model, record.shape);
  auto objective = factory.objective(experiment.objective, record.task, model);
  auto network = std::make_shared<Network>(std::move(model), std::move(objective),
                                           experiment.training.precision, surroundings.device);
  network->load_state(weights.tensors, source);
  network->eval();
  for (auto& parameter : network->parameters()) parameter.requires_grad_(false);
  data::Normalisation normalisation(experiment.normalisation, record.shape.channels,
                                    network->dtype(), surroundings.device);
  return {record, data::Transformations(std::move(transformations)), std::move(normalisation),
          std::move(network)};
}

const sla::Prediction& prediction_named(const std::string& name,
                                        const std::vector<sla::Prediction>& offered,
                                        const std::string& who) {
  const auto found = std::find_if(offered.begin(), offered.end(),
                                  [&](const auto& one) { return one.name == name; });
  if (found != offered.end()) return *found;
  std::vector<std::string> known;
  for (const auto& one : offered) known.push_back(one.name);
  throw ExperimentError(who + " offers no prediction '" + name + "'" +
                        experiment::suggest(name, known));
}

}  // namespace host::assembly
