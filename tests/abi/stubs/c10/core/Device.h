#pragma once

namespace c10 {

class Device {
  short device_;
};

}  // namespace c10

namespace at {
using c10::Device;
}  // namespace at
