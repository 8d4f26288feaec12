#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>

#include "sla/parameters.h"

namespace sla {

class Dataset;
class Model;
class Objective;
class Transformation;
struct ImageShape;
struct Task;

}  // namespace sla

/// What tests of plugins need: link sla::testing, as sla_add_plugin_test() does. It works with any
/// test framework, since what is wrong is thrown, or with none (see run()).
namespace sla::testing {

/// What a test found wrong, in words.
class Failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Throws Failure, saying `otherwise`, unless `holds`.
void expect(bool holds, const std::string& otherwise);

/// Throws Failure, beginning with `what`, unless both tensors have the same shape, dtype and bits.
void expect_same(const at::Tensor& found, const at::Tensor& expected, const std::string& what);

/// Throws Failure, beginning with `what`, unless both have the same shape, and differences of at
/// most `tolerance` times the largest value expected.
void expect_close(const at::Tensor& found, const at::Tensor& expected, double tolerance,
                  const std::string& what);

/// Shape and dtype of a tensor: "[2, 3] Float".
std::string describe(const at::Tensor& tensor);

/// Runs a test: prints what it throws. Returns what main should: 0, or 1 where it threw.
int run(const std::function<void()>& test);

/// Parameters by name; those left out have their defaults.
using Values = std::map<std::string, ParameterValue, std::less<>>;

/// A plugin's shared library, loaded without the host: components are made with the values given,
/// which are not held against their declared ranges. It outlives what it makes; the library is
/// never unloaded. Every function throws Failure for a component or parameter that is not there,
/// and what the component throws. Include the header of the kind that is tested.
class Plugin {
 public:
  /// Loads the library. Throws Failure with the dynamic linker's words.
  explicit Plugin(const std::filesystem::path& file);
  ~Plugin();
  Plugin(const Plugin&) = delete;
  Plugin& operator=(const Plugin&) = delete;

  /// A new transformation.
  std::shared_ptr<Transformation> transformation(const std::string& name,
                                                 const Values& values = {});

  /// A new dataset.
  std::shared_ptr<Dataset> dataset(const std::string& name, const Values& values = {});

  /// A new dataset that is made of another one.
  std::shared_ptr<Dataset> dataset(const std::string& name, std::shared_ptr<const Dataset> source,
                                   const Values& values = {});

  /// A new model for images of a shape.
  std::shared_ptr<Model> model(const std::string& name, const ImageShape& shape,
                               const Values& values = {});

  /// A new objective for a task; it makes its heads with `model`.
  std::shared_ptr<Objective> objective(const std::string& name, const Task& task, Model& model,
                                       const Values& values = {});

 private:
  struct Content;
  std::unique_ptr<Content> content_;
};

}  // namespace sla::testing
