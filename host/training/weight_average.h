#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "host/assembly/network.h"

namespace host::training {

/// Exponential moving averages of a network's parameters and buffers:
///
///     average = d * average + (1 - d) * weight, d = min(decay, (1 + t) / (10 + t)) at iteration t,
///
/// so that early averages follow the weights (as TensorFlow's ExponentialMovingAverage does with
/// its `num_updates`). Integers are copied.
class WeightAverage {
 public:
  /// Begins with the network's weights. A decay of 0 keeps no averages: everything does nothing.
  WeightAverage(const assembly::Network& network, double decay);

  /// Takes in the weights after iteration `iteration`, which counts from 0.
  void update(int64_t iteration);

  /// The averages by the network's names; shares their memory. Empty without a decay.
  const std::map<std::string, at::Tensor>& state() const { return state_; }

  /// Exchanges averages and weights while this object lives, to evaluate the former.
  class Evaluated {
   public:
    explicit Evaluated(WeightAverage& average) : average_(average) { average_.exchange(); }
    ~Evaluated() { average_.exchange(); }
    Evaluated(const Evaluated&) = delete;
    Evaluated& operator=(const Evaluated&) = delete;

   private:
    WeightAverage& average_;
  };

 private:
  void exchange();

  double decay_;
  std::map<std::string, at::Tensor> state_;
  /// The network's own tensors, and their averages in the same order; numbers and integers.
  std::vector<at::Tensor> weights_;
  std::vector<at::Tensor> averages_;
  std::vector<at::Tensor> counters_;
  std::vector<at::Tensor> counter_copies_;
};

}  // namespace host::training
