#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>

#include "sla/describe.h"
#include "sla/parameters.h"

namespace sla {

class Augmentation;
class Dataset;
class Model;
class Objective;
class Transformation;
struct ImageShape;
struct Task;

}  // namespace sla

/// Helpers for tests of plugins: link sla::testing, as sla_add_plugin_test() does. They work with
/// any test framework, because failures are exceptions, or with none (see run()).
namespace sla::testing {

/// A test failure and its message.
class Failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Throws Failure with the message `otherwise` unless `holds`.
void expect(bool holds, const std::string& otherwise);

/// Throws Failure, its message starting with `what`, unless shape, dtype and values are equal.
void expect_same(const at::Tensor& found, const at::Tensor& expected, const std::string& what);

/// Throws Failure, its message starting with `what`, unless the shapes are equal and values differ
/// by at most `tolerance` times the largest absolute expected value. dtypes may differ.
void expect_close(const at::Tensor& found, const at::Tensor& expected, double tolerance,
                  const std::string& what);

/// Runs a test and prints its exception, if any. Returns main's exit status: 0, or 1 on failure.
int run(const std::function<void()>& test);

/// Parameters by name; omitted ones have their defaults.
using Values = std::map<std::string, ParameterValue, std::less<>>;

/// A plugin's shared library, loaded without the host. Creates components with the given values,
/// without checking their declared ranges, nor what the library was built with: SDK, LibTorch and
/// C++ library must be those of the test. Must outlive the components it creates; the library is
/// never unloaded. Every function throws Failure for an unknown component or parameter, and
/// passes on the component's exceptions. Include the header of the tested kind.
class Plugin {
 public:
  /// Loads the library. Throws Failure with the dynamic linker's message.
  explicit Plugin(const std::filesystem::path& file);
  ~Plugin();
  Plugin(const Plugin&) = delete;
  Plugin& operator=(const Plugin&) = delete;

  /// A new augmentation.
  std::shared_ptr<Augmentation> augmentation(const std::string& name, const Values& values = {});

  /// A new transformation.
  std::shared_ptr<Transformation> transformation(const std::string& name,
                                                 const Values& values = {});

  /// A new dataset.
  std::shared_ptr<Dataset> dataset(const std::string& name, const Values& values = {});

  /// A new derived dataset.
  std::shared_ptr<Dataset> dataset(const std::string& name, std::shared_ptr<const Dataset> source,
                                   const Values& values = {});

  /// A new model for images of this shape.
  std::shared_ptr<Model> model(const std::string& name, const ImageShape& shape,
                               const Values& values = {});

  /// A new objective for a task; it creates its heads through `model`.
  std::shared_ptr<Objective> objective(const std::string& name, const Task& task, Model& model,
                                       const Values& values = {});

 private:
  struct Content;
  std::unique_ptr<Content> content_;
};

}  // namespace sla::testing
