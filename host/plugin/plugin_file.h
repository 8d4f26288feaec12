#pragma once

#include <sla/detail/handshake.h>

#include <filesystem>
#include <string>
#include <vector>

namespace host::plugin {

/// Reads the handshake from a plugin file without loading it or running its code. Throws
/// PluginError if the file is not a shared library for this machine or has no `sla_plugin`.
sla::detail::Handshake read_handshake(const std::filesystem::path& file);

/// Why a plugin with this handshake cannot run in this host: each reason with expected and actual
/// value and what to do; empty if it can.
std::vector<std::string> mismatches(const sla::detail::Handshake& found);

/// Throws PluginError with the first mismatch, if any.
void check_handshake(const sla::detail::Handshake& found, const std::filesystem::path& file);

}  // namespace host::plugin
