#include "host/storage/torch_file.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/tensor.h>
#include <torch/csrc/jit/serialization/import.h>

#include "host/base/errors.h"
#include "tests/catch.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/torch_script.h"

using host::StorageError;
using host::storage::read_torch_file;

namespace {

const std::string kFile = SLA_SOURCE_DIRECTORY "/tests/host/storage/model-best.pth";

}  // namespace

TEST_CASE("the tensors of a torch.save file are read without running it", "[storage]") {
  const auto tensors = read_torch_file(kFile);
  // A transposed view, a scalar, a slice of a larger storage, a parameter: make_model_best.py.
  CHECK(tensors.at("model.module.base_model.0.weight")
            .equal(at::arange(12, at::kFloat).view({3, 4}).t()));
  CHECK(tensors.at("model.module.base_model.1.num_batches_tracked").item<int64_t>() == 7);
  CHECK(tensors.at("model.module.classifiers.0.bias")
            .equal(at::tensor({2.0, 3.0, 4.0}, at::kDouble)));
  CHECK(tensors.at("model.module.classifiers.0.weight").equal(at::tensor({0.5F, -1.0F})));
}

TEST_CASE("the tensors of a TorchScript file are read without running it", "[storage]") {
  const tests::ScratchFolder folder;
  tests::write_small_network(folder / "net.pt");
  std::map<std::string, at::Tensor> expected;
  const auto net = torch::jit::load(folder / "net.pt");
  for (const auto& parameter : net.named_parameters()) expected[parameter.name] = parameter.value;
  for (const auto& buffer : net.named_buffers()) expected[buffer.name] = buffer.value;
  REQUIRE(expected.size() == 5);

  const auto found = read_torch_file(folder / "net.pt");
  CHECK(found.size() == expected.size());
  for (const auto& [name, tensor] : expected) {
    INFO(name);
    CHECK(found.at(name).equal(tensor));
  }
  const std::string whole = tests::content_of(folder / "net.pt");
  CHECK_THROWS_WITH(read_torch_file(folder.write("torn.pt", whole.substr(0, whole.size() / 2))),
                    ContainsSubstring("cannot read " + (folder / "torn.pt").string()));
}

TEST_CASE("a damaged torch.save file is an error", "[storage]") {
  const tests::ScratchFolder folder;
  const std::string whole = tests::content_of(kFile);
  for (size_t size = 0; size < whole.size(); size += 101) {
    CHECK_THROWS_AS(read_torch_file(folder.write("torn.pth", whole.substr(0, size))), StorageError);
  }
  CHECK_THROWS_WITH(read_torch_file(folder.write("text.pth", "no zip archive")),
                    ContainsSubstring("as a torch.save file"));
}

TEST_CASE("an endlessly nested torch.save file is an error", "[storage]") {
  const std::string seeds = SLA_SOURCE_DIRECTORY "/tests/fuzz/seeds/torch_file/";
  CHECK_THROWS_WITH(read_torch_file(seeds + "holds_itself.pth"),
                    ContainsSubstring("it is nested too deeply"));
  CHECK_THROWS_WITH(read_torch_file(seeds + "twice_each.pth"),
                    ContainsSubstring("it holds too many objects"));
  CHECK_THROWS_WITH(read_torch_file(seeds + "compressed.pth"),
                    ContainsSubstring("its content exceeds its size"));
}
