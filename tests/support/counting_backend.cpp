#include "tests/support/counting_backend.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <torch/library.h>
#include <torch/version.h>

#if TORCH_VERSION_MAJOR >= 2
#include <ATen/detail/PrivateUse1HooksInterface.h>
#endif

#include <atomic>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <ATen/ops/_local_scalar_dense.h>
#include <ATen/ops/convolution.h>
#include <ATen/ops/convolution_backward.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_strided.h>

namespace tests {

namespace {

#if TORCH_VERSION_MAJOR >= 2
using std::nullopt;
using std::optional;
#else
using c10::nullopt;
using c10::optional;
#endif

constexpr auto kDevice = c10::DeviceType::PrivateUse1;
constexpr auto kKey = c10::DispatchKey::PrivateUse1;

std::atomic<int64_t> scalars_read = 0;
std::atomic<int64_t> copies_to_device = 0;
std::atomic<int64_t> copies_to_host = 0;

bool counted(const at::Tensor& tensor) {
  return tensor.defined() && tensor.device().type() == kDevice;
}

/// A tensor over the memory of another, on another device. Keeps the memory alive.
at::Tensor alias(const at::Tensor& tensor, c10::Device device, c10::DispatchKey key,
                 std::optional<c10::Storage> storage = {}) {
  if (!storage) {
    auto* owner = new c10::Storage(tensor.storage());
    auto* memory = const_cast<void*>(static_cast<const void*>(owner->data()));
    c10::DataPtr pointer(
        memory, owner, [](void* kept) { delete static_cast<c10::Storage*>(kept); }, device);
    storage.emplace(c10::Storage::use_byte_size_t(), tensor.storage().nbytes(), std::move(pointer),
                    c10::GetAllocator(at::kCPU), /*resizable=*/true);
  }
  auto copy = at::detail::make_tensor<c10::TensorImpl>(c10::Storage(*storage),
                                                       c10::DispatchKeySet(key), tensor.dtype());
  copy.unsafeGetTensorImpl()->set_storage_offset(tensor.storage_offset());
  copy.unsafeGetTensorImpl()->set_sizes_and_strides(tensor.sizes(), tensor.strides());
  return copy;
}

at::Tensor on_cpu(const at::Tensor& tensor) {
  return counted(tensor) ? alias(tensor, at::kCPU, c10::DispatchKey::CPU) : tensor;
}

at::Tensor on_device(const at::Tensor& tensor, std::optional<c10::Storage> storage = {}) {
  return alias(tensor, c10::Device(kDevice, 0), kKey, std::move(storage));
}

/// Runs one operation on the CPU: the arguments' tensors as CPU tensors over the same memory, the
/// results as tensors of the device, views as views.
class Forwarding {
 public:
  Forwarding(const c10::OperatorHandle& operation, torch::jit::Stack* stack)
      : operation_(operation), schema_(operation.schema()), stack_(stack) {}

  void run() {
    for (auto& value : last(schema_.arguments().size())) to_cpu(value);
    operation_.redispatchBoxed(c10::DispatchKeySet(c10::DispatchKey::CPU), stack_);
    for (auto& value : last(schema_.returns().size())) to_device(value);
  }

 private:
  struct Pair {
    at::Tensor own;
    at::Tensor cpu;
  };

  std::span<c10::IValue> last(size_t count) {
    return {stack_->data() + stack_->size() - count, count};
  }

  at::Tensor take(const at::Tensor& tensor) {
    if (!tensor.defined()) return tensor;
    // As the kernels of a real device do: numbers of no dimension may come from the host.
    if (!counted(tensor) && tensor.dim() > 0) {
      TORCH_CHECK(false, schema_.name(), " mixes a tensor of the device with one of ",
                  tensor.device());
    }
    pairs_.push_back({tensor, on_cpu(tensor)});
    return pairs_.back().cpu;
  }

  void to_cpu(c10::IValue& value) {
    if (value.isTensor()) {
      value = take(value.toTensor());
    } else if (value.isTensorList()) {
      c10::List<at::Tensor> list;
      for (const at::Tensor& tensor : value.toTensorVector()) list.push_back(take(tensor));
      value = std::move(list);
    } else if (value.isOptionalTensorList()) {
      c10::List<optional<at::Tensor>> list;
      for (const optional<at::Tensor>& tensor : value.toOptionalTensorVector()) {
        list.push_back(tensor ? optional<at::Tensor>(take(*tensor)) : nullopt);
      }
      value = std::move(list);
    } else if (value.isDevice()) {
      value = c10::Device(at::kCPU);
    }
  }

  at::Tensor give(const at::Tensor& tensor) {
    if (!tensor.defined()) return tensor;
    for (auto& [own, cpu] : pairs_) {
      if (cpu.is_same(tensor)) return updated(own, cpu);
    }
    for (const auto& [own, cpu] : pairs_) {
      if (counted(own) && cpu.storage().data() == tensor.storage().data() &&
          tensor.storage().nbytes() > 0) {
        return on_device(tensor, own.storage());
      }
    }
    return on_device(tensor);
  }

  /// An argument that was written to, with the sizes and the memory that it got.
  static at::Tensor updated(const at::Tensor& own, const at::Tensor& cpu) {
    auto* impl = own.unsafeGetTensorImpl();
    if (cpu.storage().data() != own.storage().data()) {
      impl->set_storage_keep_dtype(on_device(cpu).storage());
    }
    if (cpu.sizes() != own.sizes() || cpu.strides() != own.strides()) {
      impl->set_sizes_and_strides(cpu.sizes(), cpu.strides());
    }
    return own;
  }

  void to_device(c10::IValue& value) {
    if (value.isTensor()) {
      value = give(value.toTensor());
    } else if (value.isTensorList()) {
      c10::List<at::Tensor> list;
      for (const at::Tensor& tensor : value.toTensorVector()) list.push_back(give(tensor));
      value = std::move(list);
    }
  }

  const c10::OperatorHandle& operation_;
  const c10::FunctionSchema& schema_;
  torch::jit::Stack* stack_;
  std::vector<Pair> pairs_;
};

void forward(const c10::OperatorHandle& operation, torch::jit::Stack* stack) {
  Forwarding(operation, stack).run();
}

at::Tensor empty(at::IntArrayRef size, optional<at::ScalarType> dtype, optional<at::Layout>,
                 optional<at::Device>, optional<bool>, optional<at::MemoryFormat> format) {
  return on_device(at::empty(size, at::TensorOptions(at::kCPU).dtype(dtype), format));
}

at::Tensor empty_strided(at::IntArrayRef size, at::IntArrayRef stride,
                         optional<at::ScalarType> dtype, optional<at::Layout>, optional<at::Device>,
                         optional<bool>) {
  return on_device(at::empty_strided(size, stride, at::TensorOptions(at::kCPU).dtype(dtype)));
}

at::Scalar read_scalar(const at::Tensor& tensor) {
  ++scalars_read;
  return at::_local_scalar_dense(on_cpu(tensor));
}

at::Tensor copy_from(const at::Tensor& from, const at::Tensor& to, bool) {
  if (counted(to) && !counted(from)) ++copies_to_device;
  if (!counted(to) && counted(from)) ++copies_to_host;
  on_cpu(to).copy_(on_cpu(from));
  return to;
}

at::Tensor convolution(const at::Tensor& input, const at::Tensor& weight,
                       const optional<at::Tensor>& bias, at::IntArrayRef stride,
                       at::IntArrayRef padding, at::IntArrayRef dilation, bool transposed,
                       at::IntArrayRef output_padding, int64_t groups) {
  TORCH_CHECK(counted(input) && counted(weight), "a convolution mixes devices");
  optional<at::Tensor> own;
  if (bias && bias->defined()) own = on_cpu(*bias);
  return on_device(at::convolution(on_cpu(input), on_cpu(weight), own, stride, padding, dilation,
                                   transposed, output_padding, groups));
}

std::tuple<at::Tensor, at::Tensor, at::Tensor> convolution_backward(
    const at::Tensor& gradient, const at::Tensor& input, const at::Tensor& weight,
    at::IntArrayRef stride, at::IntArrayRef padding, at::IntArrayRef dilation, bool transposed,
    at::IntArrayRef output_padding, int64_t groups, std::array<bool, 3> wanted) {
  const auto [of_input, of_weight, of_bias] = at::convolution_backward(
      on_cpu(gradient), on_cpu(input), on_cpu(weight), at::IntArrayRef({weight.size(0)}), stride,
      padding, dilation, transposed, output_padding, groups, wanted);
  const auto back = [](const at::Tensor& tensor) {
    return tensor.defined() ? on_device(tensor) : tensor;
  };
  return {back(of_input), back(of_weight), back(of_bias)};
}

#if TORCH_VERSION_MAJOR >= 2
/// Streams on which everything has happened already.
struct Guard final : c10::impl::NoOpDeviceGuardImpl<kDevice> {
  static c10::Device only() { return {kDevice, 0}; }
  static c10::Stream stream() { return c10::Stream(c10::Stream::DEFAULT, only()); }
  c10::Device exchangeDevice(c10::Device) const override { return only(); }
  c10::Device getDevice() const override { return only(); }
  c10::Stream getStream(c10::Device) const noexcept override { return stream(); }
  c10::Stream getNewStream(c10::Device, int) const override { return stream(); }
  c10::Stream exchangeStream(c10::Stream) const noexcept override { return stream(); }
  void record(void**, const c10::Stream&, c10::DeviceIndex, c10::EventFlag) const override {}
  void block(void*, const c10::Stream&) const override {}
  bool queryEvent(void*) const override { return true; }
  void synchronizeEvent(void*) const override {}
};

/// One device, always there.
struct Accelerator final : at::PrivateUse1HooksInterface {
  bool isBuilt() const override { return true; }
  bool isAvailable() const override { return true; }
  bool hasPrimaryContext(c10::DeviceIndex) const override { return true; }
  c10::DeviceIndex deviceCount() const override { return 1; }
  void setCurrentDevice(c10::DeviceIndex) const override {}
  c10::DeviceIndex getCurrentDevice() const override { return 0; }
  c10::DeviceIndex exchangeDevice(c10::DeviceIndex) const override { return 0; }
  c10::DeviceIndex maybeExchangeDevice(c10::DeviceIndex) const override { return 0; }
};
#else
using Guard = c10::impl::NoOpDeviceGuardImpl<kDevice>;
#endif

/// Modules move to a device by giving their tensors other data.
bool may_take_data(const at::Tensor&, const at::Tensor&) { return true; }

}  // namespace

void register_counting_backend() {
  static const c10::impl::DeviceGuardImplRegistrar guard(kDevice, new Guard());
  static torch::Library fallback(torch::Library::IMPL, "_", kKey, __FILE__, __LINE__);
  static torch::Library operations(torch::Library::IMPL, "aten", kKey, __FILE__, __LINE__);
  static torch::Library autograd(torch::Library::IMPL, "aten",
                                 c10::DispatchKey::AutogradPrivateUse1, __FILE__, __LINE__);
  static bool registered = false;
  if (std::exchange(registered, true)) return;
#if TORCH_VERSION_MAJOR >= 2
  // The backward pass asks which accelerator there is.
  static Accelerator accelerator;
  c10::register_privateuse1_backend("privateuseone");
  at::RegisterPrivateUse1HooksInterface(&accelerator);
#endif
  fallback.fallback(torch::CppFunction::makeFromBoxedFunction<&forward>());
  operations.impl("empty.memory_format", &empty);
  operations.impl("empty_strided", &empty_strided);
  operations.impl("_local_scalar_dense", &read_scalar);
  operations.impl("_copy_from", &copy_from);
  operations.impl("_has_compatible_shallow_copy_type", &may_take_data);
  autograd.impl("_has_compatible_shallow_copy_type", &may_take_data);
  operations.impl("convolution_overrideable", &convolution);
  operations.impl("convolution_backward_overrideable", &convolution_backward);
}

Traffic take_traffic() {
  return {scalars_read.exchange(0), copies_to_device.exchange(0), copies_to_host.exchange(0)};
}

}  // namespace tests
