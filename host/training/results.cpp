#include "host/training/results.h"

#include <fstream>
#include <string>

#include <nlohmann/json.hpp>

#include "host/base/metric_name.h"
#include "host/storage/atomic_file.h"
#include "host/storage/json_file.h"

namespace host::training {

namespace {

/// The time of all sessions: iterations, validations and saving; what an interruption cut off after
/// the last line of metrics is not known.
double seconds_of(const storage::RunDirectory& run) {
  double seconds = 0;
  std::ifstream lines(run.metrics());
  for (std::string line; std::getline(lines, line);) {
    // A damaged line costs its seconds, not the results.
    const auto metrics = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
    for (const auto& [name, value] : metrics.items()) {
      const bool counts = value.is_number() && MetricName::parse(name).is_seconds();
      if (counts) seconds += value.get<double>();
    }
  }
  return seconds;
}

}  // namespace

void save_results(const storage::RunDirectory& run, const assembly::Assembly& assembly,
                  const Results& results) {
  nlohmann::json facts = {{"experiment", assembly.experiment.name},
                          {"seed", assembly.experiment.seed},
                          {"iterations", results.state.iteration},
                          {"skipped_iterations", results.state.skipped},
                          {"best_iteration", results.state.best.iteration},
                          {"select", results.select},
                          {"best_value", results.state.best.value},
                          {"protocol", results.protocol},
                          {"seconds", seconds_of(run)},
                          {"metrics", evaluation::prefixed("test", results.test.metrics)}};
  // For each prediction: accuracy per class in percent, and the confusion matrix.
  for (const auto& [prediction, confusion] : results.test.confusion) {
    facts["class_accuracy"][prediction] = evaluation::class_accuracies(confusion);
    for (int64_t row = 0; row < confusion.size(0); ++row) {
      const auto* counts = confusion[row].data_ptr<int64_t>();
      facts["confusion"][prediction].push_back(
          std::vector<int64_t>(counts, counts + confusion.size(1)));
    }
  }
  if (!results.test.confusion.empty()) {
    facts["class_names"] = assembly.task.class_names;
  }
  storage::write_atomically(run.results(), storage::json_text(facts));
}

}  // namespace host::training
