#pragma once

#include <ATen/core/Tensor.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "host/experiment/options.h"

namespace host::training {

/// Updates parameters from their gradients.
class Optimizer {
 public:
  /// One of the parameters that are trained.
  struct Parameter {
    std::string name;
    at::Tensor tensor;
    double weight_decay = 0;
    double learning_rate_factor = 1;
  };

  virtual ~Optimizer() = default;

  /// One update; skips parameters without a gradient. Clears the gradients.
  void step(double learning_rate);

  /// The name of a parameter with a non-finite gradient; empty if there is none. Waits for the
  /// device.
  std::string nonfinite_gradient() const;

  /// If the gradients together have a norm above `maximum`, scales them all down to it, as
  /// torch.nn.utils.clip_grad_norm_ does. Does not wait for the device.
  void clip_gradients(double maximum);

  /// Clears the gradients.
  void drop_gradients();

  /// All state kept between steps, by name; the tensors share memory with the optimizer's.
  virtual std::map<std::string, at::Tensor> state() const = 0;

 protected:
  explicit Optimizer(std::vector<Parameter> parameters);

  /// Zeros shaped like each parameter, for a moment or a momentum buffer.
  std::vector<at::Tensor> zeros() const;

  /// Adds `tensors`, one per parameter, to a state under "PREFIX.PARAMETER".
  void add_state(const std::string& prefix, const std::vector<at::Tensor>& tensors,
                 std::map<std::string, at::Tensor>& state) const;

  /// Called once per step, before the updates.
  virtual void begin_step() {}

  /// Updates the parameters at `indices`, whose gradients are `gradients` (may be modified).
  /// Allocates no tensors, so it cannot fail half-way.
  virtual void update(const std::vector<size_t>& indices, std::vector<at::Tensor>& gradients,
                      double learning_rate, double weight_decay) = 0;

  std::vector<Parameter> parameters_;

 private:
  /// Indices of the parameters with one learning rate and one weight decay.
  std::vector<std::vector<size_t>> groups_;
};

/// The optimizer that the options name, for these parameters.
std::unique_ptr<Optimizer> make_optimizer(const experiment::OptimizerOptions& options,
                                          std::vector<Optimizer::Parameter> parameters);

}  // namespace host::training
