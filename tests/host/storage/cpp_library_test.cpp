#include <dlfcn.h>

#include <cstdint>
#include <filesystem>
#include <system_error>

#include "tests/catch.h"

// What LibTorch brings of an older C++ library may crash; see host/CMakeLists.txt.
TEST_CASE("functions of the C++ library are its own, not LibTorch's", "[storage]") {
  using RemoveAll = std::uintmax_t (*)(const std::filesystem::path&, std::error_code&);
  const auto remove_all = static_cast<RemoveAll>(&std::filesystem::remove_all);
  Dl_info found{};
  REQUIRE(dladdr(reinterpret_cast<const void*>(remove_all), &found) != 0);
  CHECK_THAT(found.dli_fname, ContainsSubstring("libstdc++.so"));
}
