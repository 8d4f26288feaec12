#include "tests/support/small_runs.h"

#include <cmath>
#include <cstdint>

#include "host/storage/safetensors.h"
#include "tests/catch.h"
#include "tests/support/host_program.h"

namespace tests {

namespace {

constexpr const char* kExperiment = R"(
[dataset]
plugin = "synthetic"
train = 64
validation = 20
test = 30
[model]
plugin = "cresnet"
depth = 20
[objective]
plugin = "sla"
[transformation]
plugin = "flip"
[training]
batch_size = 8
total_iterations = 4
validate_every_iterations = 4
[evaluation]
batch_size = 7
[profile.baseline]
unset = ["transformation"]
objective.plugin = "baseline"
)";

}  // namespace

std::string small_run(const ScratchFolder& folder, const std::string& name,
                      std::vector<std::string> arguments) {
  const std::string run = folder / name;
  arguments.insert(arguments.begin(), {folder.write("mine.toml", kExperiment), "--out", run});
  const auto finished = run_host(arguments);
  INFO(finished.output);
  REQUIRE(finished.status == 0);
  return run;
}

at::Tensor test_logits(const ScratchFolder& folder, const std::string& run,
                       const std::string& prediction) {
  const std::string file = folder / "logits.safetensors";
  REQUIRE(run_host({"eval", run, "--logits", file}).status == 0);
  return host::storage::read_safetensors(file).tensors.at("logits." + prediction);
}

std::vector<std::vector<double>> rows_of(const at::Tensor& tensor) {
  const at::Tensor values = tensor.to(at::kDouble).contiguous();
  const auto* first = values.data_ptr<double>();
  std::vector<std::vector<double>> rows;
  for (int64_t row = 0; row < values.size(0); ++row, first += values.size(1)) {
    rows.emplace_back(first, first + values.size(1));
  }
  return rows;
}

std::vector<double> softmax(std::vector<double> row) {
  double sum = 0;
  for (double& value : row) sum += value = std::exp(value);
  for (double& value : row) value /= sum;
  return row;
}

}  // namespace tests
