#include "host/plugin/private_copy.h"

#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace host::plugin {

namespace {

namespace fs = std::filesystem;

/// A piece of this process's memory that is mapped from a file.
struct Mapping {
  char* begin = nullptr;
  size_t size = 0;
  int protection = PROT_NONE;
};

/// The mappings of files below a folder, from lines such as
/// "7f10a000-7f10c000 r-xp 00001000 08:01 1234   /folder/file.so".
std::vector<Mapping> mappings_of(const fs::path& folder) {
  const std::string prefix = folder.string() + "/";
  std::vector<Mapping> mappings;
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    const auto name = line.find('/');
    if (name == std::string::npos || line.compare(name, prefix.size(), prefix) != 0) continue;
    std::istringstream fields(line);
    uintptr_t begin = 0;
    uintptr_t end = 0;
    char dash = 0;
    std::string rights;
    fields >> std::hex >> begin >> dash >> end >> rights;
    if (!fields || rights.size() < 4 || rights[3] != 'p') continue;
    int protection = PROT_NONE;
    if (rights[0] == 'r') protection |= PROT_READ;
    if (rights[1] == 'w') protection |= PROT_WRITE;
    if (rights[2] == 'x') protection |= PROT_EXEC;
    // NOLINTNEXTLINE(performance-no-int-to-ptr): the system gives addresses as text.
    mappings.push_back({reinterpret_cast<char*>(begin), end - begin, protection});
  }
  return mappings;
}

/// Copies a mapping through the kernel: memcpy() would stop at the gaps between the variables of a
/// plugin that is built with the address sanitizer.
bool copy_to(void* copy, const Mapping& mapping) {
  const iovec to{copy, mapping.size};
  const iovec from{mapping.begin, mapping.size};
  return process_vm_readv(getpid(), &to, 1, &from, 1, /*flags=*/0) ==
         static_cast<ssize_t>(mapping.size);
}

/// Puts a copy in the place of a mapping. Also of one that is written to, although its pages are
/// the process's own by then: Linux takes even those away when the file becomes shorter. What a
/// thread that the library has started writes at this very moment may be lost.
void replace(const Mapping& mapping) {
  void* copy = mmap(nullptr, mapping.size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                    /*offset=*/0);
  if (copy == MAP_FAILED) return;
  if (!copy_to(copy, mapping) || mprotect(copy, mapping.size, mapping.protection) != 0 ||
      mremap(copy, mapping.size, mapping.size, MREMAP_MAYMOVE | MREMAP_FIXED, mapping.begin) ==
          MAP_FAILED) {
    munmap(copy, mapping.size);
  }
}

}  // namespace

void detach_from_files(const fs::path& folder) {
  for (const Mapping& mapping : mappings_of(folder)) {
    if ((mapping.protection & PROT_READ) != 0) replace(mapping);
  }
}

}  // namespace host::plugin
