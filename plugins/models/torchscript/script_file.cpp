#include "script_file.h"

#include <sla/error.h>
#include <torch/csrc/jit/ir/constants.h>
#include <torch/csrc/jit/passes/inliner.h>
#include <torch/csrc/jit/runtime/graph_iterator.h>
#include <torch/csrc/jit/serialization/import.h>
#include <torch/version.h>

#include <filesystem>

namespace torchscript {

torch::jit::Module read_script(const std::string& file) {
  if (!std::filesystem::is_regular_file(file)) {
    throw sla::Error(file + ": no such file; write it in Python with " +
                     "torch.jit.script(module).save(path)");
  }
  try {
    auto script = torch::jit::load(file, at::kCPU);
    if (!script.find_method("forward")) throw std::runtime_error("it has no forward()");
    return script;
  } catch (const std::exception& error) {
    throw sla::Error(file + " is no TorchScript module that LibTorch " TORCH_VERSION " can read (" +
                     reason(error) + "); write it in Python with " +
                     "torch.jit.script(module).save(path)");
  }
}

std::optional<bool> traced_mode(const torch::jit::Module& script) {
  auto graph = script.get_method("forward").graph()->copy();
  torch::jit::Inline(*graph);
  std::optional<bool> mode;
  torch::jit::DepthFirstGraphNodeIterator nodes(graph);
  for (auto* node = nodes.next(); node != nullptr; node = nodes.next()) {
    const auto* schema = node->maybeSchema();
    if (schema == nullptr) continue;
    for (const char* argument : {"training", "train"}) {
      const auto position = schema->argumentIndexWithName(argument);
      if (!position) continue;
      const auto value = torch::jit::toIValue(node->input(static_cast<size_t>(*position)));
      // One operator that is random or changes statistics in evaluation is one too many.
      if (value) mode = value->toBool() || mode.value_or(false);
    }
  }
  return mode;
}

std::string reason(const std::exception& error) {
  const auto* of_libtorch = dynamic_cast<const c10::Error*>(&error);
  std::string text = of_libtorch ? of_libtorch->what_without_backtrace() : error.what();
  // The interpreter puts the lines of the script that led there in front.
  const std::string end_of_lines = "RuntimeError: ";
  const auto found = text.rfind(end_of_lines);
  if (found != std::string::npos) text.erase(0, found + end_of_lines.size());
  return text.substr(0, text.find('\n'));
}

}  // namespace torchscript
