#include <spdlog/spdlog.h>
#include <torch/version.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <sstream>
#include <thread>

#include <nlohmann/json.hpp>

#include "tests/benchmark/convolutions.h"
#include "tests/benchmark/measures.h"
#include "tests/benchmark/saving.h"
#include "tests/benchmark/seconds.h"
#include "tests/benchmark/steps.h"
#include "tests/benchmark/summing.h"

namespace {

using benchmark::Measure;

struct Options {
  std::string python;
  std::string photos;
  int64_t decoded_mib = 0;
  int64_t threads = 1;
  int64_t rounds = 3;
  int64_t steps = 10;
};

/// The first line of a command's output that contains `mark`, and the seconds until it appears.
std::pair<std::string, double> first_line(const std::string& command, const std::string& mark) {
  const auto start = std::chrono::steady_clock::now();
  FILE* pipe = popen(command.c_str(), "r");
  std::string found;
  double seconds = 0;
  std::array<char, 1024> line{};
  while (std::fgets(line.data(), line.size(), pipe) != nullptr) {
    if (!found.empty() || std::string_view(line.data()).find(mark) == std::string_view::npos) {
      continue;
    }
    found = line.data();
    seconds = benchmark::seconds_since(start);
  }
  if (pclose(pipe) != 0 || found.empty()) throw std::runtime_error("failed: " + command);
  return {found, seconds};
}

/// One measurement in its own process, undisturbed by another's memory and caches.
Measure measured(const std::string& command) {
  std::istringstream line(first_line(command, "").first);
  Measure measure;
  line >> measure.images_per_second >> measure.peak_mib;
  return measure;
}

Measure median(std::vector<Measure> measures) {
  std::sort(measures.begin(), measures.end(), [](const Measure& a, const Measure& b) {
    return a.images_per_second < b.images_per_second;
  });
  return measures[measures.size() / 2];
}

std::string processor() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  }
  return "unknown";
}

void print(const char* what, const Measure& measure, const Measure* yardstick) {
  std::printf("%-28s %9.0f images/s  %6.0f MiB", what, measure.images_per_second, measure.peak_mib);
  if (yardstick != nullptr) {
    std::printf("   x %.2f", measure.images_per_second / yardstick->images_per_second);
  }
  std::printf("\n");
}

/// As measured() reads it.
void print(const Measure& measure) {
  std::cout << measure.images_per_second << " " << measure.peak_mib << "\n";
}

/// Seconds from the start to the end of the first step.
double start_up() {
  const std::string command =
      std::string(SLA_HOST_PROGRAM) +
      " " SLA_SOURCE_DIRECTORY
      "/experiments/cifar100_jigsaw.toml --profile smoke --out /tmp/sla_benchmark_run "
      "--set training.total_iterations=1 --set training.log_every_iterations=1 2>&1; "
      "rm -rf /tmp/sla_benchmark_run";
  return first_line(command, "iteration 1/1").second;
}

void print_few_shot(int64_t steps) {
  std::printf("%s, %u threads; ResNet-12, SVM\n", processor().c_str(),
              std::thread::hardware_concurrency());
  const std::string sla = "transformation.plugin=rotation";
  for (const auto& settings : std::vector<std::vector<std::string>>{{}, {sla}}) {
    const auto costs = benchmark::few_shot_costs(steps, settings);
    const auto row = [&](const char* what, double seconds) {
      std::printf("%-34s %10.2f ms  %6.2f %%\n", what, 1e3 * seconds, 100 * seconds / costs.step);
    };
    row(settings.empty() ? "step" : "step with SLA, four rotations", costs.step);
    row("of it the SVM head", costs.head);
    row("drawing the episodes", costs.drawing);
  }
}

void print_saving(int64_t times) {
  std::printf("%s, %u threads; %ld checkpoints each\n", processor().c_str(),
              std::thread::hardware_concurrency(), static_cast<long>(times));
  const auto row = [&](const char* what, const char* model) {
    const auto costs = benchmark::saving_costs(model, times);
    std::printf(
        "%-12s %6.1f MiB: training waits %6.1f ms (longest %6.1f), on the disk after %6.1f ms\n",
        what, costs.mib, 1e3 * costs.blocked, 1e3 * costs.longest, 1e3 * costs.written);
  };
  row("ResNet-32", "{ plugin = 'cresnet', depth = 32 }");
  row("WRN-28-10", "{ plugin = 'wide_resnet', depth = 28, width = 10 }");
}

/// One line of JSON for tools/benchmark.
void print_steps(const benchmark::StepSettings& settings) {
  const auto costs = benchmark::training_steps(settings);
  std::cout << nlohmann::json{{"images", costs.images},
                              {"parameters", costs.parameters},
                              {"first_step", costs.first_step},
                              {"step", costs.step},
                              {"peak_mib", costs.peak_mib}}
            << "\n";
}

void compare_photographs(const std::string& program, const Options& options) {
  const auto ours = [&](const std::string& processors, const std::string& threads,
                        const std::string& more = "") {
    return measured("taskset -c " + processors + " " + program + " --measure photos --threads " +
                    threads + " --steps " + std::to_string(options.steps) + " --photos '" +
                    options.photos + "'" + more);
  };
  std::vector<Measure> plain;
  std::vector<Measure> one;
  std::vector<Measure> two;
  std::vector<Measure> kept;
  for (int64_t round = 0; round < options.rounds; ++round) {
    if (!options.python.empty()) {
      plain.push_back(measured("taskset -c 0 " + options.python +
                               " " SLA_SOURCE_DIRECTORY "/tests/benchmark/torchvision_loader.py '" +
                               options.photos + "' " + std::to_string(options.steps)));
    }
    one.push_back(ours("0", "1"));
    two.push_back(ours("0,1", "2"));
    kept.push_back(ours("0", "1", " --decoded 1024"));
  }
  std::printf("%s; medians of %ld rounds\n", processor().c_str(),
              static_cast<long>(options.rounds));
  const Measure yardstick = plain.empty() ? median(one) : median(plain);
  if (!plain.empty()) print("torchvision, one worker", yardstick, nullptr);
  print("sla_host, one thread", median(one), &yardstick);
  print("sla_host, two threads", median(two), &yardstick);
  print("sla_host, one, 1 GiB decoded", median(kept), &yardstick);
}

}  // namespace

int main(int argument_count, char** arguments) {
  CLI::App app("Measures one thing in this process; tools/benchmark compares training steps");
  app.set_version_flag("--version", TORCH_VERSION, "LibTorch's version");
  Options options;
  benchmark::StepSettings step;
  std::string measure;
  app.add_option(
      "--measure", measure,
      "step, convolutions, input, start, few_shot, photos, saving, or sums (of gradients, in "
      "--threads processes)");
  app.add_option("--steps", options.steps, "Training steps (or batches) of one measurement");
  app.add_option("--row", step.row, "Of --measure step: the network and its batch");
  app.add_option("--precision", step.precision, "Of --measure step: fp32 or bf16");
  app.add_option("--kernels", step.kernels, "Of --measure step: own, mixed, libtorch or auto");
  app.add_option("--device", step.device, "Of --measure step: cpu or cuda");
  app.add_option("--set", step.more, "Of --measure step: further settings of its experiment");
  app.add_option("--seconds", step.seconds, "Of --measure step: at least so long");
  app.add_option("--photos", options.photos,
                 "The photographs in the class folders of this folder; without --measure, loading "
                 "them is compared with torchvision's in --python");
  app.add_option("--decoded", options.decoded_mib,
                 "MiB in which --measure photos keeps photographs decoded");
  app.add_option("--python", options.python, "A Python that has torchvision");
  app.add_option("--rounds", options.rounds, "Rounds of that comparison");
  app.add_option("--threads", options.threads,
                 "Loading threads of --measure photos, processes of --measure sums");
  CLI11_PARSE(app, argument_count, arguments);
  spdlog::set_level(spdlog::level::warn);  // datasets say what they found
  const std::map<std::string, std::function<void()>> measures{
      {"step", [&] { print_steps(step); }},
      {"convolutions", [&] { benchmark::print_convolutions(options.steps); }},
      {"input", [&] { print(benchmark::input_pipeline(options.steps)); }},
      {"start", [] { std::cout << start_up() << " s\n"; }},
      {"few_shot", [&] { print_few_shot(options.steps); }},
      {"saving", [&] { print_saving(options.steps); }},
      {"photos", [&] {
         print(benchmark::photographs(options.photos, options.decoded_mib, options.threads,
                                      options.steps));
       }}};
  if (measure == "sums")
    return benchmark::print_sums(static_cast<int>(options.threads), options.steps);
  if (measure.empty() && !options.photos.empty()) {
    compare_photographs(arguments[0], options);
    return 0;
  }
  const auto found = measures.find(measure);
  if (found == measures.end()) {
    std::cerr << "--measure must be one of step, convolutions, input, start, few_shot, photos, "
                 "saving and sums\n";
    return 2;
  }
  try {
    found->second();
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 2;
  }
}
