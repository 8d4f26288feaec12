#pragma once

#include <sla/host.h>

#include <filesystem>
#include <string>

#include "layout.h"

namespace cifar {

/// Where to look for the files, and whether they may be downloaded.
struct Source {
  /// The folder that holds the unpacked folder or the archive; may be empty.
  std::filesystem::path root;
  bool may_download = true;
};

/// Returns the folder of the unpacked files. Looks in the root and the cache for unpacked files,
/// then for an archive, which is unpacked into the cache, and downloads the archive last. An
/// archive must match the digest in a SHA256SUMS file next to it or its publisher's. Throws
/// sla::Error if all that fails.
std::filesystem::path provide_files(const Layout& layout, const Source& source, sla::Host& host);

/// The SHA-256 of an unpacked file. Throws sla::Error if it differs from a SHA256SUMS file next to
/// its folder.
std::string verified_sha256(const std::filesystem::path& file);

}  // namespace cifar
