#pragma once

#include <string>

namespace host {

/// Whether text is UTF-8, which TOML, JSON and safetensors must be. Names of files may be anything.
bool is_utf8(const std::string& text);

}  // namespace host
