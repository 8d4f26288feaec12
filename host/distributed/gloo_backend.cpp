#define USE_C10D_GLOO

#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>

#include "host/base/environment.h"
#include "host/distributed/backend.h"

namespace host::distributed {

namespace {

/// The network interface that a variable names, the loopback if all processes are here, or the one
/// that this machine's name leads to.
std::shared_ptr<gloo::transport::Device> device_for(const Place& place) {
  using Gloo = c10d::ProcessGroupGloo;
  if (const auto interface = environment("GLOO_SOCKET_IFNAME")) {
    return Gloo::createDeviceForInterface(*interface);
  }
  const bool is_here = place.host == "127.0.0.1" || place.host == "localhost";
  return is_here ? Gloo::createDeviceForHostname("127.0.0.1") : Gloo::createDefaultDevice();
}

}  // namespace

Backend gloo_backend(const c10::intrusive_ptr<c10d::Store>& store, const Place& place,
                     std::chrono::seconds timeout) {
  auto options = c10d::ProcessGroupGloo::Options::create(timeout);
  options->devices = {device_for(place)};
  return c10::make_intrusive<c10d::ProcessGroupGloo>(store, place.rank, place.size, options);
}

}  // namespace host::distributed
