#pragma once

#include <ATen/core/Tensor.h>

namespace torch::nn {

class Module {
 public:
  virtual ~Module();

 private:
  void* implementation_;
};

}  // namespace torch::nn
