#include "sla/testing.h"

#include <dlfcn.h>

#include <algorithm>
#include <exception>
#include <iostream>
#include <memory>
#include <sstream>
#include <utility>
#include <variant>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/ops/equal.h>

#include "sla/detail/registration.h"
#include "sla/host.h"

namespace sla::testing {

namespace {

/// A single-process CPU host that only provides random numbers.
class QuietHost final : public Host {
 public:
  void log(LogLevel, std::string_view) override {}
  void progress(std::string_view, int64_t, int64_t) override {}
  RandomStream random(std::string_view name) const override { return RandomStream(0).child(name); }
  std::filesystem::path cache_directory() const override {
    return std::filesystem::temp_directory_path() / "sla_testing";
  }
  at::Device device() const override { return at::kCPU; }
  int64_t rank() const override { return 0; }
  int64_t processes() const override { return 1; }
  void once_per_job(const std::function<void()>& work) override { work(); }
  std::shared_ptr<FrozenNetwork> frozen_network(const std::filesystem::path& run) override {
    throw Failure("a test without the host has no runs; frozen_network(" + run.string() + ")");
  }
};

Parameters fill_in(const detail::Component& component, const Values& given) {
  Values values = given;
  for (const Parameter& parameter : component.parameters) {
    const auto [value, left_out] = values.emplace(parameter.name, parameter.default_value);
    expect(!left_out || !parameter.required, "parameter '" + parameter.name + "' must be given");
    expect(value->second.index() == parameter.default_value.index(),
           "parameter '" + parameter.name + "' is declared as " +
               std::string(type_name(parameter.default_value)) + ", given as " +
               std::string(type_name(value->second)));
  }
  expect(values.size() == component.parameters.size(),
         "a value was given for a parameter that '" + component.name + "' does not declare");
  return Parameters(std::move(values));
}

}  // namespace

void expect(bool holds, const std::string& otherwise) {
  if (!holds) throw Failure(otherwise);
}

void expect_same(const at::Tensor& found, const at::Tensor& expected, const std::string& what) {
  expect(found.defined() && found.sizes() == expected.sizes() &&
             found.scalar_type() == expected.scalar_type(),
         what + ": expected " + describe(expected) + ", found " + describe(found));
  expect(at::equal(found, expected), what + ": the values differ");
}

void expect_close(const at::Tensor& found, const at::Tensor& expected, double tolerance,
                  const std::string& what) {
  expect(found.defined() && found.sizes() == expected.sizes(),
         what + ": expected " + describe(expected) + ", found " + describe(found));
  if (expected.numel() == 0) return;
  const auto wanted = expected.to(at::kDouble);
  const double scale = std::max(wanted.abs().max().item<double>(), 1e-30);
  const auto difference = (found.to(at::kDouble) - wanted).abs().max().item<double>();
  // Written so that NaN is a failure.
  if (difference <= tolerance * scale) return;
  std::ostringstream text;
  text << what << ": values up to " << scale << " differ by " << difference;
  throw Failure(text.str());
}

int run(const std::function<void()>& test) {
  try {
    test();
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "FAILED: " << error.what() << "\n";
  } catch (...) {
    std::cerr << "FAILED: something that is not a std::exception was thrown\n";
  }
  return 1;
}

struct Plugin::Content {
  std::vector<detail::Component> components;
  std::unique_ptr<Host> host = std::make_unique<QuietHost>();

  /// The component of this name with a factory of type `Make`; checks and completes its parameters.
  template <typename Make, typename... Arguments>
  auto make(const std::string& name, const Values& values, Arguments&&... arguments) {
    for (const auto& component : components) {
      if (component.name != name) continue;
      if (const auto* factory = std::get_if<Make>(&component.make)) {
        return (*factory)(fill_in(component, values), std::forward<Arguments>(arguments)..., *host);
      }
    }
    throw Failure("the plugin has no component '" + name + "' of this kind");
  }
};

Plugin::Plugin(const std::filesystem::path& file) : content_(std::make_unique<Content>()) {
  // A plugin's initialisers may throw, but dlopen() is declared noexcept.
  void* (*volatile open_library)(const char*, int) = &dlopen;
  void* library = open_library(file.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  void* entry = library == nullptr ? nullptr : dlsym(library, "sla_plugin");
  if (entry == nullptr) throw Failure("cannot load " + file.string() + ": " + dlerror());
  content_->components = static_cast<const detail::PluginEntry*>(entry)->components();
}

Plugin::~Plugin() = default;

std::shared_ptr<Augmentation> Plugin::augmentation(const std::string& name, const Values& values) {
  return content_->make<detail::MakeAugmentation>(name, values);
}

std::shared_ptr<Transformation> Plugin::transformation(const std::string& name,
                                                       const Values& values) {
  return content_->make<detail::MakeTransformation>(name, values);
}

std::shared_ptr<Dataset> Plugin::dataset(const std::string& name, const Values& values) {
  return content_->make<detail::MakeDataset>(name, values);
}

std::shared_ptr<Dataset> Plugin::dataset(const std::string& name,
                                         std::shared_ptr<const Dataset> source,
                                         const Values& values) {
  return content_->make<detail::MakeDerivedDataset>(name, values, std::move(source));
}

std::shared_ptr<Model> Plugin::model(const std::string& name, const ImageShape& shape,
                                     const Values& values) {
  return content_->make<detail::MakeModel>(name, values, shape);
}

std::shared_ptr<Objective> Plugin::objective(const std::string& name, const Task& task,
                                             Model& model, const Values& values) {
  return content_->make<detail::MakeObjective>(name, values, task, model);
}

}  // namespace sla::testing
