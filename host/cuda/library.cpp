#include "host/cuda/library.h"

#include <dlfcn.h>

#include <string_view>

namespace host::cuda {

namespace {

/// Which of the library's symbols, or of those that it needs, is missing; or which file.
std::string complaint() {
  const char* text = dlerror();
  return text != nullptr ? text : "libsla_cuda.so: cannot be loaded";
}

Library load() {
  void* handle = dlopen("libsla_cuda.so", RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (handle == nullptr) return {.obstacle = complaint()};
  const auto entry = reinterpret_cast<const Functions* (*)()>(dlsym(handle, kEntry));
  if (entry == nullptr) return {.obstacle = complaint()};
  const Functions* functions = entry();
  if (functions->version != std::string_view(kVersion)) {
    return {.obstacle = "libsla_cuda.so is of version " + std::string(functions->version) +
                        ", this program of " + kVersion};
  }
  return {.functions = functions};
}

}  // namespace

const Library& library() {
  static const Library loaded = load();
  return loaded;
}

}  // namespace host::cuda
