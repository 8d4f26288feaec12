#pragma once

#include <sla/host.h>

#include <filesystem>
#include <string>

namespace cifar {

/// Downloads `url` to `file`, continuing a part of it that an interrupted download left beside it.
/// Throws sla::Error when the server cannot be reached or the content is not of digest `md5`.
void download(const std::string& url, const std::string& md5, const std::filesystem::path& file,
              sla::Host& host);

}  // namespace cifar
