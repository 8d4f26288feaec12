#pragma once

#include <sla/detail/handshake.h>

#include <filesystem>
#include <string>
#include <vector>

namespace host::plugin {

/// Reads the handshake out of a plugin's file without loading it: nothing in it runs. Throws
/// PluginError where the file is not a shared library for this machine or has no `sla_plugin`.
sla::detail::Handshake read_handshake(const std::filesystem::path& file);

/// Why a plugin of this handshake cannot run in this host: each with expected, found and what to
/// do; empty where it can.
std::vector<std::string> mismatches(const sla::detail::Handshake& found);

/// Throws PluginError with the first mismatch, if there is one.
void check_handshake(const sla::detail::Handshake& found, const std::filesystem::path& file);

}  // namespace host::plugin
