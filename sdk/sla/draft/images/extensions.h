#pragma once

#include <string>
#include <string_view>

namespace sla::images {

/// The extension of a file name in lower case with its dot; "" if it has none.
std::string extension_of(std::string_view name);

/// Whether the extension is one of torchvision's IMG_EXTENSIONS, in lower or upper case.
bool is_image_name(std::string_view name);

/// Whether it is a TIFF by its extension.
bool is_tiff(std::string_view name);

/// Whether a file or folder is hidden: its name begins with a dot.
inline bool is_hidden(std::string_view name) { return name.starts_with('.'); }

}  // namespace sla::images
