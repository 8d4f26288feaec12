#pragma once

#include <filesystem>
#include <functional>

#include "sla/draft/images/decode.h"

namespace sla::images {

/// Calls `use` with the decoder of an image file. Throws sla::Error naming the file if it cannot be
/// read, or with the decoder's reason. Any thread.
void with_decoder(const std::filesystem::path& file, const std::function<void(ImageDecoder&)>& use);

}  // namespace sla::images
