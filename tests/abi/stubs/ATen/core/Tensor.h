#pragma once

#include <cstdint>

// Stubs of the LibTorch types that the SDK's headers name. Their layout does not matter, because
// host and plugin use the same LibTorch version. With stubs the description of the SDK's binary
// interface is small, and the same for every LibTorch.
namespace at {

class Tensor {
 public:
  int64_t numel() const;

 private:
  void* implementation_;
};

}  // namespace at
