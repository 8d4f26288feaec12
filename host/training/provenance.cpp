#include "host/training/provenance.h"

#include <ATen/Parallel.h>
#include <sla/digest.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <memory>

#include <nlohmann/json.hpp>

namespace host::training {

namespace {

using nlohmann::json;

/// The output of a command without its last newline; empty where it fails.
std::string output_of(const char* command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command, "r"), &pclose);
  std::string output;
  std::array<char, 256> buffer{};
  while (pipe && std::fgets(buffer.data(), buffer.size(), pipe.get()) != nullptr) {
    output += buffer.data();
  }
  if (output.ends_with('\n')) output.pop_back();
  return output;
}

std::string processor() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  }
  return "unknown";
}

std::string utc_now() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", std::gmtime(&now));
  return text.data();
}

template <typename T>
json describe(const plugin::Component<T>& component) {
  return {{"component", component.origin.component},
          {"plugin", component.library->file().string()},
          {"version", component.library->handshake().plugin_version.view()},
          {"sha256", sla::file_digest(sla::Digest::sha256, component.library->file())}};
}

}  // namespace

std::string provenance(const Assembly& assembly, const std::vector<std::string>& command) {
  const sla::detail::Handshake own;
  json plugins = json::array({describe(assembly.dataset)});
  for (auto source = assembly.dataset.source; source; source = source->source) {
    plugins.push_back(describe(*source));
  }
  plugins.push_back(describe(assembly.network->model()));
  plugins.push_back(describe(assembly.network->objective()));
  for (const auto& transformation : assembly.preparation.components()) {
    plugins.push_back(describe(transformation));
  }
  const json facts = {
      {"started", utc_now()},
      {"command", command},
      {"git_commit", output_of("git rev-parse HEAD 2>/dev/null")},
      {"git_changed_files", output_of("git status --porcelain 2>/dev/null")},
      {"sdk", std::to_string(own.sdk_major) + "." + std::to_string(own.sdk_minor)},
      {"libtorch", own.libtorch.view()},
      {"compiler", own.compiler.view()},
      {"processor", processor()},
      {"device", assembly.device.str()},
      {"threads", at::get_num_threads()},
      {"seed", assembly.experiment.seed},
      {"plugins", plugins},
      {"dataset", assembly.dataset.call("provenance", [](const sla::Dataset& dataset) {
         return dataset.provenance();
       })}};
  return facts.dump(2) + "\n";
}

}  // namespace host::training
