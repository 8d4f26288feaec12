#include "host/evaluation/logits_file.h"

#include <sla/image_names.h>

#include <string_view>

#include <nlohmann/json.hpp>

#include "host/storage/json_file.h"
#include "host/storage/safetensors.h"

namespace host::evaluation {

void write_logits(const std::filesystem::path& file, const ScoredLogits& scored,
                  const LogitsOrigin& origin) {
  storage::TensorFile content{.tensors = {{"labels", scored.targets.labels}},
                              .metadata = {{"sources", storage::json_line(origin.sources)},
                                           {"split", storage::json_line(origin.split)},
                                           {"class_names", storage::json_line(origin.class_names)},
                                           {"trials", storage::json_line(scored.targets.trials)}}};
  for (const auto& [prediction, logits] : scored.logits) {
    content.tensors["logits." + prediction] = logits;
  }
  if (!scored.names.empty()) {
    content.tensors["names"] =
        sla::pack_names(std::vector<std::string_view>(scored.names.begin(), scored.names.end()));
  }
  storage::write_safetensors(file, content);
}

}  // namespace host::evaluation
