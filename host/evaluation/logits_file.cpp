#include "host/evaluation/logits_file.h"

#include <sla/image_names.h>

#include <string_view>

#include <nlohmann/json.hpp>

#include "host/storage/json_file.h"
#include "host/storage/safetensors.h"

namespace host::evaluation {

void write_logits(const std::filesystem::path& file, const ScoredLogits& scored,
                  const LogitsOrigin& origin) {
  const auto text = [](const nlohmann::json& value) {
    std::string written = storage::json_text(value, /*indent=*/-1);
    written.pop_back();  // the newline
    return written;
  };
  storage::TensorFile content{.tensors = {{"labels", scored.targets.labels}},
                              .metadata = {{"sources", text(origin.sources)},
                                           {"split", text(origin.split)},
                                           {"class_names", text(origin.class_names)},
                                           {"trials", text(scored.targets.trials)}}};
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
