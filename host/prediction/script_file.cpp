#include "host/prediction/script_file.h"

#include <spdlog/fmt/fmt.h>
#include <torch/csrc/jit/serialization/import.h>

#include <sstream>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/zeros.h>
#include <nlohmann/json.hpp>

#include "host/base/errors.h"
#include "host/prediction/traced.h"
#include "host/storage/atomic_file.h"

namespace host::prediction {

namespace {

using torch::jit::Module;

/// The largest difference of logits, relative to the largest of them. The host's own kernels round
/// bfloat16 elsewhere than LibTorch's.
double tolerance(assembly::Precision precision) {
  return precision == assembly::Precision::bf16 ? 0.03 : 1e-5;
}

/// What the module does, given images on the device.
std::function<at::Tensor(const at::Tensor&)> function_of(const assembly::TrainedNetwork& trained,
                                                         const sla::Prediction& prediction) {
  return [&trained, &prediction](const at::Tensor& images) {
    const auto labels = at::zeros({images.size(0)}, images.options().dtype(at::kLong));
    const sla::Batch batch{images, labels};
    const auto& objective = trained.network->objective();
    return objective.predict(prediction.name, trained.embed(batch, prediction.views),
                             objective.targets(batch));
  };
}

/// The module that users call: it converts bytes and refuses images of other
/// sizes.
Module with_checks(const Module& network, const sla::ImageShape& shape, at::ScalarType type) {
  const std::string sizes = fmt::format("{}, {}, {}", shape.channels, shape.height, shape.width);
  Module whole("Exported");
  whole.register_module("network", network);
  // TorchScript in C++ has no names for dtypes: 0 is uint8.
  whole.define(fmt::format(R"(
def forward(self, images):
    assert images.size()[1:] == [{0}], "images must be [B, {0}]"
    assert images.dtype == 0 or images.is_floating_point(), "images must be uint8 or floating point"
    x = images.to({1})
    if images.dtype == 0:
        x = x / 255.0
    return self.network.forward(x)
)",
                           sizes, static_cast<int>(type)));
  whole.eval();
  return whole;
}

/// Throws Error unless the module gives the network's logits for any number of
/// images.
void compare(Module& module, const assembly::TrainedNetwork& trained,
             const sla::Prediction& prediction, const at::Tensor& images) {
  const auto function = function_of(trained, prediction);
  const double most = tolerance(trained.network->precision());
  for (int64_t count = 1; count <= images.size(0); ++count) {
    const at::Tensor some = images.narrow(0, 0, count);
    const at::Tensor expected = function(some);
    for (const at::Tensor& given : {some, some.to(at::kDouble) / 255}) {
      const at::Tensor found = module.forward({given}).toTensor();
      const at::Tensor distance = (found - expected).abs().max() / expected.abs().max();
      if (found.sizes() == expected.sizes() && distance.item<double>() <= most) continue;
      throw Error(fmt::format("for {} images its logits differ by {:.1e} of the largest", count,
                              distance.item<double>()));
    }
  }
}

}  // namespace

void write_script(const std::filesystem::path& file, const assembly::TrainedNetwork& trained,
                  const sla::Prediction& prediction, const std::string& experiment) {
  const at::NoGradGuard no_grad;
  constexpr int64_t kImages = 5;
  const auto& [channels, height, width] = trained.record.shape;
  const auto type = trained.network->dtype();
  const auto device = trained.network->parameters().front().device();
  const at::Tensor bytes =
      at::randint(256, {kImages, channels, height, width}, at::TensorOptions(at::kByte)).to(device);
  try {
    const auto function = function_of(trained, prediction);
    function(bytes);  // the host checks first calls more closely, which is not
                      // to be recorded
    const Module network = traced(function, *trained.network, bytes.to(type) / 255);
    const Module whole = with_checks(network, trained.record.shape, type);
    const torch::jit::ExtraFilesMap extra{
        {"class_names.json", nlohmann::json(trained.record.task.class_names).dump()},
        {"prediction.txt", prediction.name},
        {"experiment.toml", experiment}};
    std::ostringstream content;
    whole.save(content, extra);
    std::istringstream read(content.str());
    Module again = torch::jit::load(read, device);
    compare(again, trained, prediction, bytes);
    storage::write_atomically(file, content.str());
  } catch (const StorageError&) {
    throw;
  } catch (const std::exception& error) {
    throw Error("the network cannot be written as TorchScript: " + message_of(error) +
                "; its model or objective does more than LibTorch's operations on "
                "tensors");
  }
}

}  // namespace host::prediction
