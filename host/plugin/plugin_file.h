#pragma once

#include <sla/detail/handshake.h>

#include <filesystem>

namespace host::plugin {

/// Reads the handshake out of a plugin's file without loading it: nothing in it runs. Throws
/// PluginError where the file is not a shared library for this machine or has no `sla_plugin`.
sla::detail::Handshake read_handshake(const std::filesystem::path& file);

/// Throws PluginError unless a plugin of this handshake can run in this host; the message gives
/// expected, found, and what to do.
void check_handshake(const sla::detail::Handshake& found, const std::filesystem::path& file);

}  // namespace host::plugin
