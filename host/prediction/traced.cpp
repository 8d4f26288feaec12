#include "host/prediction/traced.h"

#include <torch/csrc/jit/frontend/tracer.h>
#include <torch/csrc/jit/ir/ir.h>
#include <torch/csrc/jit/passes/dead_code_elimination.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "host/base/errors.h"

namespace host::prediction {

namespace {

using torch::jit::AttributeKind;
using torch::jit::Graph;
using torch::jit::Module;
using torch::jit::Node;
using torch::jit::Value;
namespace attr = torch::jit::attr;
namespace prim = torch::jit::prim;
namespace aten = torch::jit::aten;

constexpr int64_t kFew = 2;
constexpr int64_t kMore = 3;

using Function = std::function<at::Tensor(const at::Tensor&)>;

/// Modules in the shape of the names' parts: "base_model.conv1.weight" is
/// `weight` in `conv1` in `base_model`.
class Tree {
 public:
  void add(const std::string& name, const at::Tensor& tensor, bool is_buffer) {
    const auto dot = name.find('.');
    if (dot == std::string::npos) {
      tensors_.push_back({name, tensor, is_buffer});
    } else {
      parts_[name.substr(0, dot)].add(name.substr(dot + 1), tensor, is_buffer);
    }
  }

  /// `path` makes the type's name unique.
  Module module(const std::string& path) const {
    Module made(path);
    for (const auto& [name, tensor, is_buffer] : tensors_) {
      made.register_parameter(name, tensor, is_buffer);
    }
    for (const auto& [name, part] : parts_)
      made.register_module(name, part.module(path + "_" + name));
    return made;
  }

 private:
  struct Named {
    std::string name;
    at::Tensor tensor;
    bool is_buffer;
  };

  std::vector<Named> tensors_;
  std::map<std::string, Tree> parts_;
};

std::shared_ptr<Graph> trace(const Function& function, Module& self, const at::Tensor& images) {
  const auto run = [&](torch::jit::Stack inputs) -> torch::jit::Stack {
    return {function(inputs.front().toTensor())};
  };
  const auto no_name = [](const at::Tensor&) { return std::string(); };
  auto graph = torch::jit::tracer::trace({images}, run, no_name, /*strict=*/true,
                                         /*force_outplace=*/false, &self, {"images"})
                   .first->graph;
  torch::jit::EliminateDeadCode(graph);
  return graph;
}

bool is_constant(const Node* node, AttributeKind kind) {
  return node->kind() == prim::Constant && node->hasAttribute(attr::value) &&
         node->kindOf(attr::value) == kind;
}

/// The number of images times `factor`, computed at the beginning of the graph.
Value* multiple_of_images(Graph& graph, int64_t factor) {
  const torch::jit::WithInsertPoint beginning(*graph.nodes().begin());
  Value* count = graph.insert(aten::size, {graph.inputs().at(1), 0});
  return factor == 1 ? count : graph.insert(aten::mul, {count, factor});
}

/// Makes the sizes that differ between the graphs of few and of more images
/// depend on the input.
void free_the_batch(Graph& few, const Graph& more) {
  std::vector<std::pair<Node*, int64_t>> sizes;
  auto other = more.nodes().begin();
  for (Node* node : few.nodes()) {
    const bool alike = other != more.nodes().end() && node->kind() == other->kind() &&
                       node->inputs().size() == other->inputs().size();
    if (!alike) throw Error("it takes another course for another number of images");
    if (is_constant(node, AttributeKind::i)) {
      const int64_t a = node->i(attr::value);
      const int64_t b = other->i(attr::value);
      if (a != b) {
        if (a % kFew != 0 || a / kFew * kMore != b) {
          throw Error("a size of it is no multiple of the number of images");
        }
        sizes.emplace_back(node, a / kFew);
      }
    } else if (is_constant(node, AttributeKind::t) &&
               node->t(attr::value).sizes() != other->t(attr::value).sizes()) {
      throw Error(
          "it uses a tensor made outside of LibTorch's operations, for "
          "each batch");
    }
    ++other;
  }
  for (const auto& [node, factor] : sizes) {
    node->output()->replaceAllUsesWith(multiple_of_images(few, factor));
  }
}

/// Turns the tensors that are constants into buffers; single numbers suit any
/// device.
void keep_constants(Graph& graph, Module& self) {
  std::vector<Node*> constants;
  for (Node* node : graph.nodes()) {
    if (is_constant(node, AttributeKind::t) && node->t(attr::value).dim() > 0) {
      constants.push_back(node);
    }
  }
  for (size_t i = 0; i < constants.size(); ++i) {
    const std::string name = "constant" + std::to_string(i);
    self.register_buffer(name, constants[i]->t(attr::value));
    const torch::jit::WithInsertPoint beginning(*graph.nodes().begin());
    Value* buffer = graph.insertGetAttr(graph.inputs().front(), name);
    constants[i]->output()->replaceAllUsesWith(buffer);
  }
}

}  // namespace

Module traced(const Function& function, const torch::nn::Module& network,
              const at::Tensor& images) {
  Tree tree;
  for (const auto& one : network.named_parameters()) tree.add(one.key(), one.value(), false);
  for (const auto& one : network.named_buffers()) tree.add(one.key(), one.value(), true);
  Module self = tree.module("Network");
  const auto graph = trace(function, self, images.narrow(0, 0, kFew));
  free_the_batch(*graph, *trace(function, self, images.narrow(0, 0, kMore)));
  keep_constants(*graph, self);
  torch::jit::EliminateDeadCode(graph);
  const c10::QualifiedName name(*self.type()->name(), "forward");
  self.type()->addMethod(self._ivalue()->compilation_unit()->create_function(name, graph));
  return self;
}

}  // namespace host::prediction
