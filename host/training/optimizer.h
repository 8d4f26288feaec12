#pragma once

#include <ATen/core/Tensor.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "host/experiment/options.h"

namespace host::training {

/// Updates parameters from their gradients.
class Optimizer {
 public:
  using NamedTensors = std::vector<std::pair<std::string, at::Tensor>>;

  virtual ~Optimizer() = default;

  /// One update; skips parameters without a gradient. Clears the gradients.
  void step(double learning_rate);

  /// The name of a parameter with a non-finite gradient; empty if there is none. Waits for the
  /// device.
  std::string nonfinite_gradient() const;

  /// Clears the gradients.
  void drop_gradients();

  /// All state kept between steps, by name; the tensors share memory with the optimizer's.
  virtual std::map<std::string, at::Tensor> state() const = 0;

 protected:
  explicit Optimizer(NamedTensors parameters) : parameters_(std::move(parameters)) {}

  /// Zeros shaped like each parameter, for a moment or a momentum buffer.
  std::vector<at::Tensor> zeros() const;

  /// Adds `tensors`, one per parameter, to a state under "PREFIX.PARAMETER".
  void add_state(const std::string& prefix, const std::vector<at::Tensor>& tensors,
                 std::map<std::string, at::Tensor>& state) const;

  /// Updates the parameters at `indices`, whose gradients are `gradients` (may be modified).
  /// Allocates no memory, so it cannot fail half-way.
  virtual void update(const std::vector<size_t>& indices, std::vector<at::Tensor>& gradients,
                      double learning_rate) = 0;

  NamedTensors parameters_;
};

/// The optimizer that the options name, for these parameters.
std::unique_ptr<Optimizer> make_optimizer(const experiment::OptimizerOptions& options,
                                          Optimizer::NamedTensors parameters);

}  // namespace host::training
