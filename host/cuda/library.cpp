#include "host/cuda/library.h"

#include <dlfcn.h>

#include <string_view>
#include <utility>

namespace host::cuda {

namespace {

/// Which of the library's symbols, or of those that it needs, is missing; or which file.
std::string complaint() {
  const char* text = dlerror();
  return (text != nullptr ? text : std::string("libsla_cuda.so: cannot be loaded")) +
         " (it belongs to builds against a LibTorch with CUDA, where cuda_runtime_api.h and nccl.h "
         "are found)";
}

Library load() {
  void* handle = dlopen("libsla_cuda.so", RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (handle == nullptr) return {.obstacle = complaint()};
  const auto entry = reinterpret_cast<const Functions* (*)()>(dlsym(handle, kEntry));
  if (entry == nullptr) return {.obstacle = complaint()};
  const Functions* functions = entry();
  if (functions->version != std::string_view(kVersion)) {
    return {.obstacle = "libsla_cuda.so with " + std::string(kVersion) + ", and finds one with " +
                        functions->version};
  }
  if (std::string obstacle = functions->obstacle(); !obstacle.empty()) {
    return {.obstacle = std::move(obstacle)};
  }
  return {.functions = functions};
}

}  // namespace

const Library& library() {
  static const Library loaded = load();
  return loaded;
}

}  // namespace host::cuda
