#include "host/plugin/diagnosis.h"

#include <torch/version.h>

#include <algorithm>

#include "host/base/errors.h"
#include "host/cuda/library.h"
#include "host/plugin/linkage.h"
#include "host/plugin/plugin_file.h"
#include "host/plugin/search_path.h"

namespace host::plugin {

namespace {

namespace fs = std::filesystem;
using enum Finding::Verdict;

std::string built_with(const sla::detail::Handshake& handshake) {
  return "SDK " + std::to_string(handshake.sdk_major) + "." + std::to_string(handshake.sdk_minor) +
         ", LibTorch " + std::string(handshake.libtorch.view()) + ", " +
         std::string(handshake.cxx_abi.view()) + ", " + std::string(handshake.compiler.view());
}

/// Two LibTorch builds in one process do not share types.
void check_libtorch(const Linkage& linkage, std::vector<Finding>& findings) {
  const auto own = own_libtorch();
  for (const fs::path& file : linkage.libtorch) {
    const bool beside_own = std::any_of(own.begin(), own.end(), [&](const fs::path& candidate) {
      std::error_code unreadable;
      return fs::equivalent(candidate.parent_path(), file.parent_path(), unreadable);
    });
    if (beside_own) continue;
    findings.push_back({problem, "would load " + file.string() +
                                     " into the program, which uses the LibTorch of " +
                                     (own.empty() ? "" : own.front().parent_path().string()) +
                                     "; build it with find_package(sla) of this program's SDK"});
  }
}

void check_linkage(const fs::path& file, std::vector<Finding>& findings) {
  const Linkage linkage = trace_linkage(file);
  for (const std::string& library : linkage.missing) {
    findings.push_back({problem, explain_missing(library)});
  }
  for (const std::string& version : linkage.versions) {
    findings.push_back({problem, explain_version(version)});
  }
  for (const std::string& symbol : linkage.undefined) {
    findings.push_back(
        {problem, "undefined symbol " + symbol + "; " +
                      (linkage.missing.empty() ? advice_for(symbol)
                                               : "perhaps the missing library defines it")});
  }
  check_libtorch(linkage, findings);
  if (!any_problem(findings)) {
    findings.push_back({fine, file.filename().string() + " finds all its libraries and symbols"});
  }
}

}  // namespace

bool any_problem(const std::vector<Finding>& findings) {
  return std::any_of(findings.begin(), findings.end(),
                     [](const Finding& finding) { return finding.verdict == problem; });
}

std::vector<Finding> diagnose_file(const fs::path& file) {
  std::vector<Finding> findings;
  try {
    const auto handshake = read_handshake(file);
    findings.push_back({fine, "a plugin, version " + std::string(handshake.plugin_version.view())});
    findings.push_back({notice, "built with " + built_with(handshake)});
    for (const std::string& reason : mismatches(handshake)) findings.push_back({problem, reason});
    check_linkage(file, findings);
  } catch (const PluginError& error) {
    findings.push_back({problem, error.what()});
  }
  return findings;
}

Finding diagnose_place(const fs::path& file) {
  const std::string name = file.stem();
  const std::string by_path = "name it by its path (plugin = \"" + fs::absolute(file).string() +
                              "\"), or its folder in plugin_path or SLA_PLUGIN_PATH";
  for (const SearchFolder& folder : search_folders({})) {
    for (const fs::path& place : {folder.path / TORCH_VERSION, folder.path}) {
      const fs::path candidate = place / (name + ".so");
      std::error_code absent;
      if (!fs::exists(candidate, absent)) continue;
      if (fs::equivalent(candidate, file, absent)) {
        if (!folder.refusal.empty())
          return {problem, "its folder is not searched: " + folder.refusal};
        return {fine, "found by the name '" + name + "'"};
      }
      if (folder.refusal.empty()) {
        return {notice, "the name '" + name + "' means " + candidate.string() +
                            ", not this file: " + by_path};
      }
    }
  }
  return {notice, "not in the search path: " + by_path};
}

std::vector<Finding> diagnose_host() {
  std::vector<Finding> findings;
  findings.push_back({notice, "built with " + built_with({})});
  const auto libtorch = own_libtorch();
  findings.push_back(
      {notice,
       "LibTorch from " + (libtorch.empty() ? "" : libtorch.front().parent_path().string())});
  const auto& gpu = cuda::library();
  findings.push_back(gpu.functions != nullptr
                         ? Finding{fine, "libsla_cuda.so: CUDA graphs, NCCL between processes"}
                         : Finding{notice, "no CUDA graphs or NCCL: " + gpu.obstacle});
  for (const SearchFolder& folder : search_folders({})) {
    const std::string place = "search path: " + folder.path.string() + " (" + folder.origin + ")";
    if (!folder.refusal.empty()) {
      findings.push_back({problem, place + ": " + folder.refusal});
    } else if (std::error_code absent; !fs::is_directory(folder.path, absent)) {
      findings.push_back({notice, place + ": no such folder"});
    } else {
      const auto plugins = std::to_string(list_plugins({folder.path}).size());
      findings.push_back({fine, place + ": " + plugins + " plugins"});
    }
  }
  return findings;
}

}  // namespace host::plugin
