#pragma once

#include <sla/host.h>

#include <filesystem>
#include <string>

#include "layout.h"

namespace cifar {

/// Where to look for the files and what may be done to get them.
struct Source {
  /// Folder that holds the unpacked folder or the archive; may be empty.
  std::filesystem::path root;
  bool may_download = true;
};

/// The folder of the unpacked files: in the root or the cache as they are, else unpacked into the
/// cache from an archive in either, else from the archive downloaded. An archive must have the
/// digest that a SHA256SUMS file beside it or its publisher gives. Throws sla::Error where all that
/// fails.
std::filesystem::path provide_files(const Layout& layout, const Source& source, sla::Host& host);

/// The SHA-256 of an unpacked file. Throws sla::Error where a SHA256SUMS file beside its folder
/// publishes another.
std::string verified_sha256(const std::filesystem::path& file);

}  // namespace cifar
