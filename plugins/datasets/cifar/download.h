#pragma once

#include <sla/host.h>

#include <filesystem>
#include <string>

namespace cifar {

/// Downloads `url` to `file`, resuming an interrupted download if there is one. Throws sla::Error
/// if the server cannot be reached or the MD5 digest is not `md5`.
void download(const std::string& url, const std::string& md5, const std::filesystem::path& file,
              sla::Host& host);

}  // namespace cifar
