#include "host/commands/warnings.h"

#include <spdlog/spdlog.h>

namespace host::commands {

void warn_of_replaced_dataset(const experiment::Experiment& experiment) {
  if (!experiment.replaced_dataset) return;
  spdlog::warn("THESE METRICS MEAN NOTHING FOR '{}': --profile or --set replaces it with '{}'",
               experiment.replaced_dataset->first, experiment.replaced_dataset->second);
}

void warn_of_departures(const std::vector<std::string>& departures) {
  for (const std::string& words : departures) {
    spdlog::warn("THESE METRICS DEVIATE FROM THE PROTOCOL: {}", words);
  }
}

}  // namespace host::commands
