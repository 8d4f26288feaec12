// The smallest file that looks like a plugin: a seed for the fuzzer.
#include <sla/detail/handshake.h>

extern "C" {
extern const __attribute__((visibility("default"))) sla::detail::Handshake sla_plugin;
constinit const sla::detail::Handshake sla_plugin{.plugin_version =
                                                      sla::detail::FixedText<32>("1.0.0")};
}
