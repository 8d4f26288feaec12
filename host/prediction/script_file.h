#pragma once

#include <filesystem>
#include <string>

#include "host/assembly/trained_network.h"

namespace host::prediction {

/// Writes a network as one TorchScript file, which needs neither this program
/// nor its plugins: a module that maps images [B, C, H, W], bytes in 0..255 or
/// floats in 0..1, for any B > 0, to the logits [B, N] of a prediction;
/// transformations and normalisation are inside. Its extra files:
/// `class_names.json`, a list; `prediction.txt`; `experiment.toml`. Reads the
/// file back and compares it with the network. Throws Error if the network
/// cannot be written so; then there is no file.
void write_script(const std::filesystem::path& file, const assembly::TrainedNetwork& trained,
                  const sla::Prediction& prediction, const std::string& experiment);

}  // namespace host::prediction
