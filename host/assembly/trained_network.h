#pragma once

#include <sla/embedding.h>
#include <sla/objective.h>

#include <memory>
#include <string>
#include <vector>

#include "host/assembly/network.h"
#include "host/assembly/task_record.h"
#include "host/data/normalisation.h"
#include "host/data/transformations.h"
#include "host/experiment/experiment.h"
#include "host/plugin/factory.h"
#include "host/storage/safetensors.h"

namespace host::assembly {

/// All that turns images into predictions, without the dataset: a network in evaluation mode whose
/// weights need no gradients.
struct TrainedNetwork {
  TaskRecord record;
  data::Transformations transformations;
  data::Normalisation normalisation;
  std::shared_ptr<Network> network;

  /// The forward pass of a batch on the device.
  sla::Embedding embed(const sla::Batch& batch, sla::Views views) const;
};

/// The network that these weights, trained for this task, belong to. `source` names them. Throws
/// StorageError, ExperimentError and PluginError.
TrainedNetwork load_trained_network(const storage::TensorFile& weights, const TaskRecord& record,
                                    const experiment::Experiment& experiment,
                                    const std::string& source,
                                    const plugin::Surroundings& surroundings);

/// The offered prediction of this name. Throws ExperimentError "WHO offers no prediction ...".
const sla::Prediction& prediction_named(const std::string& name,
                                        const std::vector<sla::Prediction>& offered,
                                        const std::string& who);

}  // namespace host::assembly
