#pragma once

#include <torch/version.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "sla/version.h"

#define SLA_DETAIL_TEXT(value) #value
#define SLA_DETAIL_NUMBER(value) SLA_DETAIL_TEXT(value)

// Build settings that affect the layout of types shared by host and plugin.
#if !defined(__GLIBCXX__)
#define SLA_DETAIL_LIBRARY "other than libstdc++"
#elif defined(_GLIBCXX_DEBUG)
#define SLA_DETAIL_LIBRARY "libstdc++ (debug mode)"
#else
#define SLA_DETAIL_LIBRARY "libstdc++"
#endif

namespace sla::detail {

/// A text of fixed size, so that it can be read from the file without running any code.
template <std::size_t Size>
struct FixedText {
  char characters[Size] = {};

  constexpr FixedText() = default;
  constexpr explicit FixedText(std::string_view text) {
    for (std::size_t i = 0; i < text.size() && i + 1 < Size; ++i) characters[i] = text[i];
  }

  /// The text up to its first NUL, or Size - 1 characters if there is none.
  constexpr std::string_view view() const {
    const std::string_view all(characters, Size - 1);
    return all.substr(0, all.find('\0'));
  }
};

/// What a plugin was built with. It comes first in the plugin's only exported symbol, an object
/// rather than a function, so that the host can read it from the file and reject a mismatch before
/// any code of the plugin runs. Its layout never changes.
struct Handshake {
  FixedText<16> magic{"sla-plugin"};
  int32_t sdk_major = SLA_SDK_VERSION_MAJOR;
  int32_t sdk_minor = SLA_SDK_VERSION_MINOR;
  FixedText<32> libtorch{TORCH_VERSION};
  FixedText<64> cxx_abi{SLA_DETAIL_LIBRARY
                        ", cxx11 ABI " SLA_DETAIL_NUMBER(_GLIBCXX_USE_CXX11_ABI)};
  FixedText<96> compiler {
#if defined(__clang__)
    __VERSION__
#else
    "GCC " __VERSION__
#endif
  };
  FixedText<32> plugin_version{};
};

}  // namespace sla::detail
