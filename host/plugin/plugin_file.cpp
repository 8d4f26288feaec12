#include "host/plugin/plugin_file.h"

#include <gelf.h>

#include <cstring>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "host/plugin/elf_file.h"

namespace host::plugin {

namespace {

constexpr const char* kSymbol = "sla_plugin";

/// The target machine of an ELF file: "64 bits, little-endian, ELF machine 62 (x86-64)".
std::string processor(const GElf_Ehdr& header) {
  const bool wide = header.e_ident[EI_CLASS] == ELFCLASS64;
  const bool little = header.e_ident[EI_DATA] == ELFDATA2LSB;
  std::string name = "ELF machine " + std::to_string(header.e_machine);
  if (header.e_machine == EM_X86_64) name += " (x86-64)";
  if (header.e_machine == EM_AARCH64) name += " (AArch64)";
  return std::string(wide ? "64" : "32") + " bits, " + (little ? "little" : "big") + "-endian, " +
         name;
}

/// Requires the machine of this program and the type of a shared library.
void check_header(const ElfFile& elf, const std::filesystem::path& file) {
  GElf_Ehdr header{};
  if (elf_kind(elf.get()) != ELF_K_ELF || gelf_getehdr(elf.get(), &header) == nullptr) {
    refuse(file, "not an ELF shared library; name the .so that the build made");
  }
  const ElfFile own("/proc/self/exe");
  GElf_Ehdr own_header{};
  gelf_getehdr(own.get(), &own_header);
  const std::string found = processor(header);
  const std::string expected = processor(own_header);
  if (found != expected) {
    refuse(file, "built for a processor of " + found + ", expected " + expected +
                     "; build it on this kind of machine");
  }
  if (header.e_type != ET_DYN) refuse(file, "an ELF file, but not a shared library");
  // The linker writes the section header table last.
  const uint64_t size = std::filesystem::file_size(file);
  const uint64_t table = uint64_t{header.e_shnum} * header.e_shentsize;
  if (header.e_shoff > size || table > size - header.e_shoff) {
    refuse(file, "is truncated: the table of its sections at byte " +
                     std::to_string(header.e_shoff) + " is beyond its " + std::to_string(size) +
                     " bytes; build or copy it again");
  }
}

/// The file's bytes at a virtual address.
std::optional<std::string> bytes_at(const ElfFile& elf, GElf_Addr address, size_t size) {
  size_t count = 0;
  elf_getphdrnum(elf.get(), &count);
  for (size_t i = 0; i < count; ++i) {
    GElf_Phdr segment{};
    gelf_getphdr(elf.get(), static_cast<int>(i), &segment);
    if (segment.p_type != PT_LOAD || address < segment.p_vaddr ||
        address + size > segment.p_vaddr + segment.p_filesz) {
      continue;
    }
    const auto offset = static_cast<int64_t>(segment.p_offset + (address - segment.p_vaddr));
    const Elf_Data* data = elf_getdata_rawchunk(elf.get(), offset, size, ELF_T_BYTE);
    if (data == nullptr || data->d_size < size) return std::nullopt;
    return std::string(static_cast<const char*>(data->d_buf), size);
  }
  return std::nullopt;
}

/// The dynamic symbol `sla_plugin`.
std::optional<GElf_Sym> plugin_symbol(const ElfFile& elf) {
  for (Elf_Scn* section = elf_nextscn(elf.get(), nullptr); section != nullptr;
       section = elf_nextscn(elf.get(), section)) {
    GElf_Shdr header{};
    gelf_getshdr(section, &header);
    if (header.sh_type != SHT_DYNSYM || header.sh_entsize == 0) continue;
    Elf_Data* data = elf_getdata(section, nullptr);
    for (size_t i = 0; data != nullptr && i < header.sh_size / header.sh_entsize; ++i) {
      GElf_Sym symbol{};
      if (gelf_getsym(data, static_cast<int>(i), &symbol) == nullptr) break;
      const char* name = elf_strptr(elf.get(), header.sh_link, symbol.st_name);
      if (name != nullptr && std::strcmp(name, kSymbol) == 0 && symbol.st_shndx != SHN_UNDEF) {
        return symbol;
      }
    }
  }
  return std::nullopt;
}

}  // namespace

sla::detail::Handshake read_handshake(const std::filesystem::path& file) {
  const ElfFile elf(file);
  check_header(elf, file);
  const auto symbol = plugin_symbol(elf);
  if (!symbol) {
    refuse(file, std::string("exports no symbol '") + kSymbol +
                     "'; every plugin ends with SLA_PLUGIN(...) and "
                     "is built by sla_add_plugin()");
  }
  static_assert(std::is_trivially_copyable_v<sla::detail::Handshake>);
  sla::detail::Handshake handshake;
  const auto bytes = bytes_at(elf, symbol->st_value, sizeof(handshake));
  if (!bytes) refuse(file, "is truncated; build it again");
  std::memcpy(&handshake, bytes->data(), sizeof(handshake));
  if (handshake.magic.view() != sla::detail::Handshake().magic.view()) {
    refuse(file, std::string("its symbol '") + kSymbol +
                     "' is not a plugin's description; define it only through SLA_PLUGIN(...)");
  }
  return handshake;
}

std::vector<std::string> mismatches(const sla::detail::Handshake& found) {
  const sla::detail::Handshake own;
  std::vector<std::string> reasons;
  const auto compare = [&](bool fits, const std::string& what, std::string_view expected,
                           std::string_view actual) {
    if (fits) return;
    reasons.push_back("built with " + what + " " + std::string(actual) + ", this host needs " +
                      std::string(expected) + "; build the plugin again against this host's SDK");
  };
  const std::string own_sdk = std::to_string(own.sdk_major) + "." + std::to_string(own.sdk_minor);
  compare(found.sdk_major == own.sdk_major && found.sdk_minor <= own.sdk_minor, "SDK",
          std::to_string(own.sdk_major) + ".0 to " + own_sdk,
          std::to_string(found.sdk_major) + "." + std::to_string(found.sdk_minor));
  compare(found.libtorch.view() == own.libtorch.view(), "LibTorch", own.libtorch.view(),
          found.libtorch.view());
  compare(found.cxx_abi.view() == own.cxx_abi.view(), "C++ library", own.cxx_abi.view(),
          found.cxx_abi.view());
  return reasons;
}

void check_handshake(const sla::detail::Handshake& found, const std::filesystem::path& file) {
  const auto reasons = mismatches(found);
  if (!reasons.empty()) refuse(file, reasons.front());
}

}  // namespace host::plugin
